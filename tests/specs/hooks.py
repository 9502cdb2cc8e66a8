"""Sends well-formed requests with live ids, keys and tokens in place of made-up ones, and looks at what schemas cannot say."""

import uuid
import zlib

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData
from scene import GRANTS, Key, Scene, basic

scene = Scene()


def challenge(state):
    return lambda: {"challengeId": getattr(scene, state)()["challengeId"]}


def signed(state):
    return lambda: scene.signed(state)


def claiming(state):
    # A claim names its challenge in one way only.
    return lambda: {**signed(state)(), "shortCode": None}


def polled():
    opened = scene.opened()
    return {name: opened[name] for name in ("challengeId", "deviceCode")}


def of_session(name):
    return lambda: {name: scene.session()[name]}


def removed():
    _, key, _ = scene.enrolled()
    return key.removal()


def deleted():
    user, _, authenticator = scene.enrolled()
    return {"userId": user, "userAuthenticatorId": authenticator}


def enrolling():
    return {"publicKey": Key().public}


def token():
    return {"token": scene.result_token()}


def named(visited):
    request, cookies = visited
    return {"request": request}, cookies


def asked():
    """What an application asks, here and not by a request that was pushed."""
    return {**scene.asked(), "request_uri": None}


def proven(body):
    """A form of an application that the header proves."""
    return {"client_id": None, "client_secret": None, **body}


def pushed():
    return proven({name: value for name, value in asked().items() if name != "client_id"})


def exchanged(grant):
    makes = dict(zip(GRANTS, (scene.code, scene.refreshing, scene.device)))
    return proven({"scope": None, **makes.get(grant, scene.code)()})


# By operation: what takes the place of made-up members, and of made-up parameters in query and path.
BODY = {
    "createChallenge": lambda: {"replaces": polled()},
    "pollChallenge": polled,
    "claimChallenge": claiming("opened"),
    "claimChallengeUnderDevice": claiming("waiting"),
    "decideChallenge": signed("claimed"),
    "decideChallengeUnderDevice": signed("waiting"),
    "addCredential": enrolling,
    "addCredentialUnderDevice": enrolling,
    "addCredentialUnderInApp": enrolling,
    "removeCredential": removed,
    "removeCredentialUnderDevice": removed,
    "removeCredentialUnderInApp": removed,
    "verifyDevice": signed("own"),
    "verifyInApp": signed("own"),
    "trackAction": challenge("opened"),
    "validateToken": lambda: {**token(), "userId": scene.user},
    "takeChallenge": lambda: {**challenge("approved")(), "userId": scene.user, "action": "login"},
    "createSession": lambda: {**token(), "clientId": "demo", "action": "login"},
    "validateSession": lambda: {**of_session("accessToken")(), "clientIds": ["demo"]},
    "refreshSession": of_session("refreshToken"),
    "revokeSession": of_session("accessToken"),
    "authorizeByPost": asked,
    "pushAuthorizationRequest": pushed,
    "authorizeDevice": lambda: proven({}),
    "getUserInfoByPost": lambda: {"access_token": None},
    "introspectToken": lambda: proven({"token": scene.tokens["access_token"]}),
    "revokeToken": lambda: proven({"token": scene.logged_in()["access_token"]}),
}
# The same for the calls of the login page, whose browser has cookies.
PAGE = {
    "openSignIn": lambda: named(scene.visited()),
    "completeSignIn": scene.signed_in,
    "denySignIn": lambda: named(scene.visited()),
}
QUERY = {
    "getWaitingChallenge": lambda: {"publicKey": scene.key.query},
    "getCredential": lambda: {"publicKey": scene.key.query},
    "getCredentialUnderDevice": lambda: {"publicKey": scene.key.query},
    "getCredentialUnderInApp": lambda: {"publicKey": scene.key.query},
    "findChallenge": challenge("claimed"),
    "findChallengeByPost": challenge("opened"),
    "findChallengeUnderDoubledBase": challenge("waiting"),
    "authorize": asked,
    "listUsers": lambda: {"token": scene.token, "username": None, "email": None, "phoneNumber": None},
}
PATH = {
    "deleteAuthenticator": deleted,
    "listAuthenticators": lambda: {"userId": scene.user},
    "listActions": lambda: {"userId": scene.user},
    "getTenantKeySet": lambda: {"tenantId": scene.tenant},
    "getUser": lambda: {"userId": scene.user},
    "getAction": lambda: {"userId": scene.user, **scene.action()},
    "updateAction": lambda: {"userId": scene.user, **scene.action()},
}

# These take a user token too; half of their requests have one.
EITHER = ("createChallenge", "openOwnChallenge", "verifyDevice", "verifyInApp")
AS_TENANT = basic(scene.tenant)["Authorization"]

# Limits in bytes and depth, what is a key or its signature, which continuations a list gave, and that one of two
# parameters is needed.
UNSAID = (
    "256 bytes",
    "larger than 2 KiB",
    "more than 64 members",
    "nested deeper than 8 levels",
    "larger than 8 KiB",
    "larger than 16 KiB",
    "holds a number that a double does not hold",
    "is not the base64 of",
    "is not one that this list gave",
    "or `userId` is needed",
    "4096 bytes",
    "larger than 16 KB",
    "parameter comes twice",
    "token comes twice",
    "code_challenge",
    "redirect_uri is",
    "request_uri is",
    "response_type is missing",
    "in two ways at once",
    "client_id differs",
)
# What becomes of a well-formed form is a matter of what was asked before.
OF_STATE = ("invalid_grant", "unauthorized_client", "authorization_pending", "slow_down", "access_denied", "expired_token")


def half(case, bit):
    """Whether a request is of one half; always the same one, and another one for each bit."""
    made_up = repr((case.path_parameters, case.query, case.body)).encode()
    return zlib.crc32(made_up) >> bit & 1 == 0


def goes_deep(case):
    """Every example, and half of whatever else is well formed."""
    meta = case.meta
    if meta is None or meta.generation.mode.value != "positive":
        return False
    return meta.phase.name.value == "examples" or half(case, 0)


@schemathesis.hook
def before_call(context, case, kwargs):
    name = case.operation.definition.raw.get("operationId")
    if name in EITHER and half(case, 1) and case.headers.get("Authorization") == AS_TENANT:
        case.headers["Authorization"] = f"Bearer {scene.token}"
    # A form of another site is sent on by GET before anything is read in it.
    if name in ("authorizeByPost", "logOutByPost"):
        case.headers["sec-fetch-site"] = "same-origin"
    # What answers tell of is sent again; the scene's own user and phone are to stay.
    kept = str(case.path_parameters.get("userId")).startswith("kept-")
    if name == "deleteUser" and kept:
        case.path_parameters = {"userId": f"gone-{uuid.uuid4()}"}
    if not goes_deep(case) and not (name == "deleteAuthenticator" and kept):
        return
    is_form = case.media_type == "application/x-www-form-urlencoded"
    if name == "getTokens" and isinstance(case.body, dict):
        case.body = {**case.body, **exchanged(case.body.get("grant_type"))}
    if name in PAGE and isinstance(case.body, dict):
        body, case.cookies = PAGE[name]()
        case.body = {**case.body, **body}
    if name in BODY and isinstance(case.body, dict):
        case.body = {**case.body, **BODY[name]()}
        # A token enrols one key only.
        if BODY[name] is enrolling:
            case.headers["Authorization"] = f"Bearer {scene.enrolment_token(f'gone-{uuid.uuid4()}')}"
    if is_form and isinstance(case.body, dict):
        case.body = {field: value for field, value in case.body.items() if value is not None}
    if name in QUERY:
        query = {**case.query, **QUERY[name]()}
        case.query = {parameter: value for parameter, value in query.items() if value is not None}
    if name in PATH:
        case.path_parameters = {**case.path_parameters, **PATH[name]()}
    if case.operation.path.startswith("/t/{tenantId}/") or name == "getSessionIssuerConfiguration":
        case.path_parameters = {"tenantId": scene.tenant}


def told(response):
    """What a refusal says: JSON, or the page of a person whose login cannot go on."""
    if response.headers["content-type"][0].startswith("text/html"):
        return {"errorDescription": response.text}
    return response.json()


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A request that meets its schema may be refused for what no schema says."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    body = told(response)
    if body.get("error") in OF_STATE:
        return False
    return not any(limit in body["errorDescription"] for limit in UNSAID)


@schemathesis.check
def one_code_in_both_members(ctx, response, case):
    """`error` and `errorCode` are the same."""
    if response.status_code >= 400:
        body = told(response)
        assert body.get("error") == body.get("errorCode"), f"{body.get('error')} is not {body.get('errorCode')}"


@schemathesis.check
def oauth_reads_the_same_sentence(ctx, response, case):
    """`error_description`, where there is one, is `errorDescription`."""
    if response.status_code >= 400:
        body = told(response)
        assert body.get("error_description", body.get("errorDescription")) == body.get("errorDescription")


@schemathesis.check
class EveryOperationSucceeds:
    """Fails if some operation never succeeded: then its answer was held against nothing."""

    def __init__(self):
        self.called = set()
        self.succeeded = set()

    def after_response(self, ctx, response, case):
        self.called.add(case.operation.label)
        if response.status_code < 400:
            self.succeeded.add(case.operation.label)

    def after_run(self, ctx):
        never = self.called - self.succeeded
        assert not never, "never succeeded: " + ", ".join(sorted(never))
