"""The official Python package, unmodified, against the local stack."""

import base64
import json
import os
import pathlib
import urllib.request
import uuid

import pytest
from authsignal.client import AuthsignalClient
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

STACK = json.loads(pathlib.Path(os.environ["SCANLATCH_READY"]).read_text())
API = STACK["apiUrl"]
UNAUTHORIZED = (
    "The request is unauthorized. Check that your API key and region base URL are correctly configured."
)


@pytest.fixture(name="backend")
def official_client():
    return AuthsignalClient(api_secret_key=STACK["secretKey"], api_url=API)


def someone():
    return f"python-{uuid.uuid4()}"


def post(path, authorization, body):
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    request = urllib.request.Request(API + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def login(backend, user_id, action="login"):
    """A finished login by polling; returns the result token."""
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    public_key = base64.b64encode(key.public_key().public_bytes(*form)).decode()
    tenant = "Basic " + base64.b64encode(f"{STACK['tenantId']}:".encode()).decode()
    tracked = backend.track(user_id=user_id, action="enrol", attributes={"scope": "add:authenticators"})
    devices = "/client/user-authenticators/device"
    enrolment = {"publicKey": public_key, "deviceName": "Test phone", "devicePlatform": "ios"}
    post(devices, f"Bearer {tracked['token']}", enrolment)
    shown = post("/client/challenge/qr-code", tenant, {"action": action})
    challenge_id = shown["challengeId"]
    signature = base64.b64encode(key.sign(challenge_id.encode(), ec.ECDSA(hashes.SHA256()))).decode()
    signed = {"challengeId": challenge_id, "publicKey": public_key, "signature": signature}
    post(f"{devices}/challenge/claim", tenant, signed)
    assert post(f"{devices}/challenge", tenant, {**signed, "approved": True})["isVerified"] is True
    polled = post("/client/verify/qr-code", tenant, {"challengeId": challenge_id, "deviceCode": shown["deviceCode"]})
    return polled["accessToken"]


def test_a_finished_login_validates(backend):
    user_id = someone()
    token = login(backend, user_id)
    result = backend.validate_challenge({"token": token, "userId": user_id, "action": "login"})
    assert result["is_valid"] is True
    assert result["state"] == "CHALLENGE_SUCCEEDED"
    assert result["user_id"] == user_id
    assert result["action"] == result["action_code"] == "login"
    assert result["verification_method"] == "DEVICE"


@pytest.mark.parametrize("wrong", [{"userId": "somebody-else"}, {"action": "other"}])
def test_a_mismatch_is_never_a_success(backend, wrong):
    result = backend.validate_challenge({"token": login(backend, someone()), **wrong})
    assert result["is_valid"] is False
    assert result.get("state") != "CHALLENGE_SUCCEEDED"


def test_an_unfinished_token_validates_as_unfinished(backend):
    user_id = someone()
    tracked = backend.track(user_id=user_id, action="login", attributes={"custom": {"a": "b"}, "redirect_url": "x"})
    assert tracked["state"] == "CHALLENGE_REQUIRED"
    result = backend.validate_challenge({"token": tracked["token"]})
    assert result["is_valid"] is False
    assert result["state"] == "CHALLENGE_REQUIRED"
    assert result["user_id"] == user_id
    assert result["idempotency_key"] == tracked["idempotency_key"]


def test_an_id_with_odd_characters_is_one_user(backend):
    user_id = f"auth0|{someone()} a+b:c"
    tracked = backend.track(user_id=user_id, action="login", attributes={})
    assert backend.validate_challenge({"token": tracked["token"]})["user_id"] == user_id


def test_a_wrong_secret_key_is_a_401_with_the_known_text():
    stranger = AuthsignalClient(api_secret_key="wrong", api_url=API)
    with pytest.raises(Exception) as refused:
        stranger.track(user_id="ann", action="login", attributes={})
    assert refused.value.status_code == 401
    assert refused.value.error_code == "unauthorized"
    assert UNAUTHORIZED in str(refused.value) + str(vars(refused.value))
