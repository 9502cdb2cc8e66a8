"""What functions/challenge-claim does for a phone that scanned a code, as a Python team would write it: the same
checks, the same four calls in two rounds, the same items and answers.

Left out is what the benchmark's call does not come to: typed codes, sockets, distance rules, a trusted edge, OpenID
applications, repeated claims, and the cleaning of texts. Leaving it out favours this function.
"""

import base64
import hashlib
import ipaddress
import json
import os
import re
import secrets
import time
import urllib.parse
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

LIVE_TABLE = os.environ["LIVE_TABLE"]
DIRECTORY_TABLE = os.environ["DIRECTORY_TABLE"]

# One client per process. It keeps its connections alive by itself, and threads may share it.
db = boto3.client(
    "dynamodb",
    region_name=os.environ["AWS_REGION"],
    config=Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}),
)
# Each round has two calls: one here, one in the thread that serves the event.
beside = ThreadPoolExecutor(max_workers=1)

MAX_BODY_BYTES = 8 * 1024
HOUR_MS = 3_600_000
GRACE_MS = 60_000
OPEN_MS = 120_000
MAX_MARKS = 40
MAX_OPEN = 5
MAX_UNDECIDED = 20
MAX_DECLINES = 20
MAX_WRONG_CODES = 3
# How many old marks are left alone until they are deleted, which takes a write.
OLD_MARKS = 8
# How long the marks of each set count.
REMEMBERED_MS = {"claims": HOUR_MS, "wrongCodes": HOUR_MS, "unaskedDeclines": 900_000, "declines": HOUR_MS}

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
URL_SAFE = str.maketrans("-_", "+/")

is_cold = True


class Refusal(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status = status
        self.code = code


def handler(event, context):
    began = time.monotonic()
    call = {"metrics": {}}
    response = answer(event, call)
    say(event, context, call, response["statusCode"], began)
    return response


def answer(event, call):
    try:
        return as_json(200, claim(event, call))
    except Refusal as refusal:
        call["code"] = refusal.code
        call["metrics"]["Refused"] = 1
        return as_json(refusal.status, {"error": refusal.code})
    except Exception:
        call["code"] = "unavailable"
        call["metrics"]["Unavailable"] = 1
        return as_json(503, {"error": "unavailable"})


def as_json(status, value):
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": dumps(value)}


def dumps(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def claim(event, call):
    tenant_id = callers_tenant(event["headers"].get("authorization", ""))
    scanned, spki, signature = read_request(event)
    verify(scanned, spki, signature)
    challenge_id = scanned.strip().lower()
    call["challenge"] = challenge_id

    now = time.time_ns() // 1_000_000
    mark = f"{now}.{challenge_id}.{uuid.uuid4()}"
    thumbprint = base64url(hashlib.sha256(spki).digest())
    key = {"pk": {"S": f"T#{tenant_id}#K#{thumbprint}"}, "sk": {"S": "CREDENTIAL"}}
    reading = beside.submit(get, f"T#{tenant_id}", "TENANT")
    credential = count(key, mark)
    tenant = reading.result()
    try:
        settings = checked_settings(tenant)
        call["tenant"] = tenant_id
        if credential is None:
            raise Refusal(401, "invalid_credential")
        call["credential"] = credential["credentialId"]["S"]
        check_conduct(credential, challenge_id, now)
        forget_old(key, credential, now)

        user_id = credential["user"]["S"]
        reading = beside.submit(get, f"T#{tenant_id}#U#{user_id}", "USER")
        values = {
            ":now": {"N": str(now)},
            ":user": {"S": user_id},
            ":credential": {"S": call["credential"]},
            ":spent": {"SS": [signature_r(signature)]},
            ":code": {"S": str(10 + secrets.randbelow(90))},
            ":decideBy": {"N": str(now + settings.get("decisionLifetimeMs", 120_000))},
            ":claimed": {"S": "claimed"},
            ":unclaimed": {"S": "unclaimed"},
            ":grace": {"N": str(now - GRACE_MS)},
        }
        challenge = update(tenant_id, challenge_id, values, sight(event))
        user = reading.result()
        call["action"] = challenge["action"]["S"]
        call["outcome"] = "claimed"
        call["metrics"]["Claims"] = 1
        return shown(challenge, user, settings)
    except Refusal:
        # A refused claim does not count.
        if credential is not None:
            forget(key, {"claims": [mark]})
        raise


def callers_tenant(authorization):
    """`Basic` with the tenant's id, percent-encoded or not, with a colon after it or not."""
    scheme, _, encoded = authorization.strip().partition(" ")
    try:
        name = urllib.parse.unquote(decode(encoded.strip()).decode()).removesuffix(":").strip()
    except ValueError:
        raise Refusal(401, "unauthorized") from None
    if scheme.lower() != "basic" or not UUID.fullmatch(name):
        raise Refusal(401, "unauthorized")
    return name.lower()


def read_request(event):
    body = event.get("body") or ""
    body = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    if len(body) > MAX_BODY_BYTES:
        raise Refusal(413, "body_too_large")
    try:
        request = json.loads(body)
        scanned, key, signature = request["challengeId"], request["publicKey"].strip(), request["signature"].strip()
        if not UUID.fullmatch(scanned.strip()) or len(key) > 256 or len(signature) > 128:
            raise Refusal(400, "invalid_request")
        return scanned, decode(key), decode(signature)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        raise Refusal(400, "invalid_request") from None


def decode(text):
    """Base64 in either alphabet, padded or not."""
    return base64.b64decode(text.translate(URL_SAFE) + "=" * (-len(text) % 4), validate=True)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def verify(scanned, spki, signature):
    """The signature is over the id as it was scanned."""
    try:
        key = load_der_public_key(spki)
    except (UnsupportedAlgorithm, ValueError):
        raise Refusal(400, "invalid_request") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refusal(400, "invalid_request")
    try:
        key.verify(signature, scanned.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refusal(401, "invalid_credential") from None


def signature_r(signature):
    r, _ = decode_dss_signature(signature)
    return base64url(r.to_bytes(32))


def get(pk, sk):
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    return db.get_item(TableName=DIRECTORY_TABLE, Key=key, ConsistentRead=True).get("Item")


def is_condition(error):
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def count(key, mark):
    """Counts the claim before it is made, so that claims at once cannot all be the last. Returns the credential."""
    try:
        return db.update_item(
            TableName=DIRECTORY_TABLE,
            Key=key,
            UpdateExpression="ADD claims :mark",
            ConditionExpression=(
                "attribute_exists(credentialId) AND (attribute_not_exists(claims) OR size(claims) < :most)"
            ),
            ExpressionAttributeValues={":mark": {"SS": [mark]}, ":most": {"N": str(MAX_MARKS)}},
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )["Attributes"]
    except ClientError as error:
        if not is_condition(error):
            raise
        # A credential whose marks are full is not counted any more.
        item = error.response.get("Item")
        return item if item and "credentialId" in item else None


def forget_old(key, credential, now):
    old = {}
    for name, ms in REMEMBERED_MS.items():
        marks = [mark for mark in marks_of(credential, name) if marked_at(mark) <= now - ms]
        if marks:
            old[name] = marks
    if sum(map(len, old.values())) >= OLD_MARKS:
        forget(key, old)


def forget(key, marks):
    try:
        db.update_item(
            TableName=DIRECTORY_TABLE,
            Key=key,
            UpdateExpression="DELETE " + ", ".join(f"{name} :{name}" for name in marks),
            ConditionExpression="attribute_exists(credentialId)",
            ExpressionAttributeValues={f":{name}": {"SS": some} for name, some in marks.items()},
        )
    except ClientError as error:
        # The credential was removed meanwhile.
        if not is_condition(error):
            raise


def checked_settings(tenant):
    if tenant is None or tenant["status"]["S"] != "enabled":
        raise Refusal(401, "unauthorized")
    settings = json.loads(tenant["settings"]["S"])
    if not settings.get("deviceCredentials", True):
        raise Refusal(403, "method_disabled")
    return settings


def marks_of(credential, name):
    """A mark is `milliseconds.challenge.call`."""
    return credential[name]["SS"] if name in credential else []


def marked_at(mark):
    return int(mark.partition(".")[0])


def check_conduct(credential, challenge_id, now):
    def recent(name, ms):
        return [mark for mark in marks_of(credential, name) if marked_at(mark) > now - ms]

    def others(ms):
        return len({mark.split(".")[1] for mark in recent("claims", ms)} - {challenge_id})

    is_counted = any(mark.split(".")[1] == challenge_id for mark in marks_of(credential, "claims"))
    is_paused = (
        len(recent("wrongCodes", HOUR_MS)) >= MAX_WRONG_CODES
        or len(recent("declines", HOUR_MS)) >= MAX_DECLINES
        or others(OPEN_MS) >= MAX_OPEN
        or others(HOUR_MS) >= MAX_UNDECIDED
    )
    if is_paused or not is_counted:
        raise Refusal(429, "paused")


def sight(event):
    """What is known of the phone without a trusted edge: the address that API Gateway saw."""
    try:
        return {"address": str(ipaddress.IPv4Address(event["requestContext"]["http"]["sourceIp"]))}
    except ValueError:
        return None


def update(tenant_id, challenge_id, values, seen):
    expression = (
        "SET claimedAt = :now, holderUser = :user, holderCredential = :credential, #spent = :spent, "
        "verificationCode = :code, decideBy = :decideBy, #state = :claimed"
    )
    if seen:
        expression += ", seen = :seen"
        values[":seen"] = {"S": dumps(seen)}
    try:
        return db.update_item(
            TableName=LIVE_TABLE,
            Key={"pk": {"S": f"T#{tenant_id}#C#{challenge_id}"}, "sk": {"S": "CHALLENGE"}},
            UpdateExpression=expression,
            ConditionExpression=(
                "#state = :unclaimed AND expiresAt > :now AND attribute_not_exists(withdrawn) "
                "AND (attribute_not_exists(lostAt) OR lostAt > :grace) "
                "AND attribute_not_exists(trustedDevice) "
                "AND (attribute_not_exists(subject) OR subject = :user) AND attribute_not_exists(successor)"
            ),
            ExpressionAttributeNames={"#state": "state", "#spent": "spent"},
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )["Attributes"]
    except ClientError as error:
        if is_condition(error):
            raise Refusal(409, "not_claimable") from None
        raise


def shown(challenge, user, settings):
    context = json.loads(challenge["context"]["S"])
    told = context.get("told", {})
    action = challenge["action"]["S"]
    custom = json.loads(challenge["custom"]["S"]) if "custom" in challenge else None
    own = settings.get("actionRules", {}).get(action, {})
    number_entry = own.get("numberEntry") or settings.get("numberEntry")
    asks_number = number_entry == "required" or (number_entry == "optional" and "showsNumber" in challenge)
    profile = json.loads(user["profile"]["S"]) if user and "profile" in user else {}
    sources = {
        "ipAddress": "backend" if told.get("ipAddress") else "service",
        "location": "service",
        "origin": "service",
        "userAgent": "backend" if told.get("userAgent") else "screen",
    }
    sources = {name: source for name, source in sources.items() if name in context}
    if custom is not None:
        sources["custom"] = "backend" if "subject" in challenge else "screen"
    return present(
        success=True,
        ipAddress=context.get("ipAddress"),
        userAgent=context.get("userAgent"),
        location=context.get("location"),
        actionCode=action,
        idempotencyKey=challenge["idempotencyKey"]["S"],
        custom=custom,
        origin=context.get("origin"),
        sources=sources,
        proximity="sameNetwork" if share_address(challenge) else "unknown",
        decideBy=iso(int(challenge["decideBy"]["N"])),
        verificationCodeRequired=asks_number or None,
        user=present(custom=profile.get("custom")),
    )


def share_address(challenge):
    if "sight" not in challenge or "seen" not in challenge:
        return False
    screen, phone = json.loads(challenge["sight"]["S"]), json.loads(challenge["seen"]["S"])
    return screen.get("address") == phone["address"]


def present(**members):
    return {name: value for name, value in members.items() if value is not None}


def iso(millis):
    at = datetime.fromtimestamp(millis // 1000, timezone.utc)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{millis % 1000:03}Z"


def say(event, context, call, status, began):
    """One log line, and one line in CloudWatch's embedded metric format if the call counted anything."""
    global is_cold
    now = time.time_ns() // 1_000_000
    function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
    metrics, code = call["metrics"], call.get("code")
    line = present(
        level="INFO",
        timestamp=iso(now),
        message="refused" if code else "answered",
        function=function,
        route=event.get("routeKey"),
        request=context.aws_request_id,
        trace=context.trace_id,
        tenant=call.get("tenant"),
        challenge=call.get("challenge"),
        action=call.get("action"),
        credential=call.get("credential"),
        outcome=call.get("outcome"),
        status=status,
        code=code,
        duration_ms=int((time.monotonic() - began) * 1000),
    )
    print(dumps(line), flush=True)
    if is_cold:
        metrics["ColdStarts"] = 1
        is_cold = False
    if not metrics:
        return
    directive = {
        "Namespace": os.environ.get("METRICS_NAMESPACE") or "Scanlatch",
        "Dimensions": [["Stack"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in metrics],
    }
    line = present(
        level="INFO",
        timestamp=iso(now),
        _aws={"Timestamp": now, "CloudWatchMetrics": [directive]},
        Stack=os.environ.get("STACK_NAME"),
        Function=function,
        RequestId=context.aws_request_id,
        Status=str(status),
        Code=code,
        Tenant=call.get("tenant"),
        **metrics,
    )
    print(dumps(line), flush=True)
