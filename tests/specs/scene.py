"""What makes a request go deep: a user with an enrolled phone, and challenges in every state."""

import base64
import json
import os
import time
import uuid

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def basic(name):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:".encode()).decode()}


class Key:
    """A device's key."""

    def __init__(self):
        self.private = ec.generate_private_key(ec.SECP256R1())
        spki = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.public = base64.b64encode(spki).decode()
        self.query = base64.b64encode(self.public.encode()).decode()

    def sign(self, text):
        return base64.b64encode(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256()))).decode()

    def signed(self, challenge):
        return {"challengeId": challenge, "publicKey": self.public, "signature": self.sign(challenge)}

    def removal(self):
        return {"publicKey": self.public, "signature": self.sign(f"{int(time.time()) // 600}.0")}


class Scene:
    """One tenant's user, phone, screens and backend, all of them well behaved."""

    def __init__(self):
        ready = json.loads(open(os.environ["SCANLATCH_READY"]).read())
        self.url = ready["apiUrl"]
        self.tenant = ready["tenantId"]
        self.secret = ready["secretKey"]
        # Nobody else deletes this user or judges their actions.
        self.user = f"kept-{uuid.uuid4()}"
        self.key = Key()
        self.token = self.enrolment_token(self.user)
        self.authenticator = self.enrol(self.key, self.token)

    def call(self, method, path, headers, body=None):
        answer = requests.request(method, self.url + path, headers=headers, json=body, timeout=30)
        if answer.status_code != 200:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}: {answer.text}")
        return answer.json()

    def backend(self, method, path, body=None):
        return self.call(method, path, basic(self.secret), body)

    def client(self, path, body):
        return self.call("POST", f"/client{path}", basic(self.tenant), body)

    def track(self, user, body):
        return self.backend("POST", f"/users/{user}/actions/login", body)

    def enrol(self, key, token):
        body = {"publicKey": key.public, "devicePlatform": "web"}
        headers = {"Authorization": f"Bearer {token}"}
        return self.call("POST", "/client/user-authenticators/qr-code", headers, body)["userAuthenticatorId"]

    def enrolment_token(self, user):
        return self.track(user, {"scope": "read:authenticators add:authenticators"})["token"]

    def enrolled(self):
        """A user with a phone, both to be removed."""
        user, key = f"gone-{uuid.uuid4()}", Key()
        return user, key, self.enrol(key, self.enrolment_token(user))

    def opened(self):
        return self.client("/challenge/qr-code", {"action": "login"})

    def claimed(self):
        challenge = self.opened()
        self.client("/user-authenticators/qr-code/challenge/claim", self.key.signed(challenge["challengeId"]))
        return challenge

    def approved(self):
        challenge = self.claimed()
        decision = {**self.key.signed(challenge["challengeId"]), "approved": True}
        self.client("/user-authenticators/qr-code/challenge", decision)
        return challenge

    def waiting(self):
        """A challenge that is for the user alone."""
        challenge = self.opened()
        self.track(self.user, {"challengeId": challenge["challengeId"]})
        return challenge

    def own(self):
        return self.client("/challenge", {})

    def result_token(self):
        challenge = self.approved()
        poll = {name: challenge[name] for name in ("challengeId", "deviceCode")}
        return self.client("/verify/qr-code", poll)["accessToken"]

    def session(self):
        return self.backend("POST", "/sessions", {"clientId": "demo", "token": self.result_token()})

    def action(self):
        return {"action": "login", "idempotencyKey": self.track(self.user, {})["idempotencyKey"]}
