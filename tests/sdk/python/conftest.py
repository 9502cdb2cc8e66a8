"""The running stack, as its ready file describes it, and the people who use it."""

import base64
import json
import os
import pathlib
import urllib.error
import urllib.request
import uuid

import pytest
from authsignal.client import ApiException, AuthsignalClient
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

STACK = json.loads(pathlib.Path(os.environ["SCANLATCH_READY"]).read_text())
API = STACK["apiUrl"]
TENANT = "Basic " + base64.b64encode(f"{STACK['tenantId']}:".encode()).decode()
DEVICES = "/client/user-authenticators/device"
UNAUTHORIZED = (
    "The request is unauthorized. Check that your API key and region base URL are correctly configured."
)


@pytest.fixture(name="backend")
def official_client():
    return AuthsignalClient(api_secret_key=STACK["secretKey"], api_url=API)


@pytest.fixture(name="stranger")
def client_of_nobody():
    return AuthsignalClient(api_secret_key="wrong", api_url=API)


def someone():
    return f"python-{uuid.uuid4()}"


def post(path, authorization, body):
    """The status and the body of an answer."""
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    request = urllib.request.Request(API + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def done(answer):
    status, body = answer
    assert status == 200, body
    return body


def refused(status, code, call, *arguments, **named):
    """Insists on a refusal, as the package reports it."""
    with pytest.raises(ApiException) as refusal:
        call(*arguments, **named)
    assert (refusal.value.status_code, refusal.value.error_code) == (status, code)
    assert refusal.value.error_description
    return refusal.value


class Phone:
    """A phone with a P-256 key, enrolled for a user."""

    def __init__(self, backend, user_id):
        self.key = ec.generate_private_key(ec.SECP256R1())
        form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        self.public_key = base64.b64encode(self.key.public_key().public_bytes(*form)).decode()
        tracked = backend.track(user_id=user_id, action="enrol", attributes={"scope": "add:authenticators"})
        enrolment = {"publicKey": self.public_key, "deviceName": "Test phone", "devicePlatform": "ios"}
        self.authenticator_id = done(post(DEVICES, f"Bearer {tracked['token']}", enrolment))["userAuthenticatorId"]

    def _signed(self, challenge_id):
        signature = base64.b64encode(self.key.sign(challenge_id.encode(), ec.ECDSA(hashes.SHA256()))).decode()
        return {"challengeId": challenge_id, "publicKey": self.public_key, "signature": signature}

    def claim(self, challenge_id):
        return post(f"{DEVICES}/challenge/claim", TENANT, self._signed(challenge_id))

    def approve(self, challenge_id):
        return post(f"{DEVICES}/challenge", TENANT, {**self._signed(challenge_id), "approved": True})


def show(action="login", user_token=None):
    """A challenge on a screen that polls: anybody's, or of the user whose token is given."""
    authorization = f"Bearer {user_token}" if user_token else TENANT
    return done(post("/client/challenge/qr-code", authorization, {"action": action}))


def poll(shown):
    return done(post("/client/verify/qr-code", TENANT, {k: shown[k] for k in ("challengeId", "deviceCode")}))


def login(backend, user_id, action="login", user_token=None, phone=None):
    """A finished login by polling; returns the result token."""
    phone = phone or Phone(backend, user_id)
    shown = show(action, user_token)
    done(phone.claim(shown["challengeId"]))
    assert done(phone.approve(shown["challengeId"]))["isVerified"] is True
    return poll(shown)["accessToken"]
