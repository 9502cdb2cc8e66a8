"""What makes a request go deep: a user with an enrolled phone, and challenges in every state."""

import base64
import hashlib
import json
import os
import subprocess
import time
import urllib.parse
import uuid

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


BROWSER = "__Host-scanlatch-browser"
CALLBACK = "https://app.example/callback"
GRANTS = ("authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code")
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def basic(name, secret=""):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def parameter(address, name):
    parts = urllib.parse.urlsplit(address)
    return urllib.parse.parse_qs(parts.query or parts.fragment)[name][0]


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
        # The header that the fuzzer sends is of the first scene's application.
        known = (os.environ.get("SCANLATCH_APPLICATION"), os.environ.get("SCANLATCH_APPLICATION_SECRET"))
        self.application, self.application_secret = known if all(known) else self.register()
        self.tokens = self.logged_in()

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

    def claimed(self, key=None):
        """By a phone of its own if none is given: one that leaves claims undecided is paused."""
        challenge, key = self.opened(), key or self.enrolled()[1]
        self.client("/user-authenticators/qr-code/challenge/claim", key.signed(challenge["challengeId"]))
        return challenge

    def signed(self, state):
        """The signature of a phone of its own over a challenge in this state."""
        if state == "own":
            # The token of the header is this user's.
            return self.key.signed(self.own()["challengeId"])
        user, key, _ = self.enrolled()
        states = {
            "opened": self.opened,
            "claimed": lambda: self.claimed(key),
            "waiting": lambda: self.waiting(user),
        }
        return key.signed(states[state]()["challengeId"])

    def approved(self):
        challenge = self.claimed(self.key)
        decision = {**self.key.signed(challenge["challengeId"]), "approved": True}
        self.client("/user-authenticators/qr-code/challenge", decision)
        return challenge

    def waiting(self, user=None):
        """A challenge that is for the user alone."""
        challenge = self.opened()
        self.track(user or self.user, {"challengeId": challenge["challengeId"]})
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

    def register(self):
        """An application that may do everything."""
        command = [os.environ["SCANLATCH_CLI"], "--local", self.url.removesuffix("/v1"), "--json", "client", "create"]
        command += [f"fuzzed-{uuid.uuid4().hex[:8]}", "--tenant", self.tenant, "--name", "Fuzzed"]
        command += ["--redirect-uri", CALLBACK, "--logout-uri", "https://app.example/bye"]
        command += [word for grant in GRANTS for word in ("--grant", grant)]
        made = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return made["clientId"], made["clientSecret"]

    def form(self, path, fields):
        headers = basic(self.application, self.application_secret)
        answer = requests.post(f"{self.url}/t/{self.tenant}/{path}", headers=headers, data=fields, timeout=30)
        if answer.status_code >= 300:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text}")
        return answer.json()

    def asked(self):
        """What the application asks of the login page."""
        digest = hashlib.sha256(VERIFIER.encode()).digest()
        return {
            "client_id": self.application,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid profile offline_access",
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }

    def visited(self):
        """A request on the login page, and the cookies of its browser."""
        url = f"{self.url}/t/{self.tenant}/authorize"
        answer = requests.get(url, params=self.asked(), allow_redirects=False, timeout=30)
        return parameter(answer.headers["location"], "r"), {BROWSER: answer.cookies[BROWSER]}

    def page(self, path, cookies, body):
        return self.call("POST", f"/t/{self.tenant}/{path}", {"Cookie": f"{BROWSER}={cookies[BROWSER]}"}, body)

    def signed_in(self):
        """A request whose challenge is approved, with the result token, and the cookies of its browser."""
        request, cookies = self.visited()
        challenge = self.page("sign-in", cookies, {"request": request})
        signed = self.key.signed(challenge["challengeId"])
        self.client("/user-authenticators/qr-code/challenge/claim", signed)
        decision = {**self.key.signed(challenge["challengeId"]), "approved": True}
        self.client("/user-authenticators/qr-code/challenge", decision)
        poll = {name: challenge[name] for name in ("challengeId", "deviceCode")}
        return {"request": request, "token": self.client("/verify/qr-code", poll)["accessToken"]}, cookies

    def code(self):
        """The form of an exchange that was not made yet."""
        body, cookies = self.signed_in()
        to = self.page("sign-in/complete", cookies, body)["redirectTo"]
        code = parameter(to, "code")
        return {"grant_type": GRANTS[0], "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}

    def logged_in(self):
        return self.form("token", self.code())

    def refreshing(self):
        return {"grant_type": GRANTS[1], "refresh_token": self.logged_in()["refresh_token"]}

    def device(self):
        """The form of a device whose person has approved."""
        asked = self.form("device_authorization", {"scope": "openid"})
        challenge = asked["device_code"].split(".")[0]
        self.client("/user-authenticators/qr-code/challenge/claim", self.key.signed(challenge))
        self.client("/user-authenticators/qr-code/challenge", {**self.key.signed(challenge), "approved": True})
        return {"grant_type": GRANTS[2], "device_code": asked["device_code"]}
