"""The official Python package, unmodified: actions, and the form of every success."""

import pytest
import requests
from conftest import API, STACK, UNAUTHORIZED, Phone, login, refused, someone

STATES = [
    "ALLOW",
    "BLOCK",
    "CHALLENGE_REQUIRED",
    "CHALLENGE_SUCCEEDED",
    "CHALLENGE_FAILED",
    "REVIEW_REQUIRED",
    "REVIEW_SUCCEEDED",
    "REVIEW_FAILED",
]


def test_an_action_tells_how_it_stands(backend):
    user_id = someone()
    tracked = backend.track(user_id, "login")
    named = user_id, "login", tracked["idempotency_key"]
    waiting = backend.get_action(*named)
    assert waiting["state"] == "CHALLENGE_REQUIRED"
    assert (waiting["rules"], waiting["output"]) == ([], {})
    assert "verification_method" not in waiting
    phone = Phone(backend, user_id)
    login(backend, user_id, user_token=tracked["token"], phone=phone)
    approved = backend.get_action(*named)
    assert approved["state"] == "CHALLENGE_SUCCEEDED"
    assert approved["verification_method"] == "DEVICE"
    assert approved["verified_by_authenticator_id"] == phone.authenticator_id
    assert approved["created_at"] == waiting["created_at"] <= approved["state_updated_at"]


def test_validate_follows_what_was_updated(backend):
    user_id = someone()
    tracked = backend.track(user_id, "login")
    token = login(backend, user_id, user_token=tracked["token"])
    for state in STATES:
        updated = backend.update_action(user_id, "login", tracked["idempotency_key"], {"state": state})
        assert updated["state"] == state
        assert backend.get_action(user_id, "login", tracked["idempotency_key"]) == updated
        validated = backend.validate_challenge({"token": token, "userId": user_id})
        assert validated["state"] == state
        assert validated["is_valid"] is (state == "CHALLENGE_SUCCEEDED")


@pytest.mark.parametrize("attributes", [{"state": "DONE"}, {"state": 1}, {"status": "ALLOW"}])
def test_what_is_no_state_is_refused(backend, attributes):
    user_id = someone()
    key = backend.track(user_id, "login")["idempotency_key"]
    refused(400, "invalid_request", backend.update_action, user_id, "login", key, attributes)
    assert backend.get_action(user_id, "login", key)["state"] == "CHALLENGE_REQUIRED"


def test_an_unknown_action_is_a_404(backend):
    refused(404, "action_not_found", backend.get_action, someone(), "login", "key")
    refused(404, "action_not_found", backend.update_action, someone(), "login", "key", {"state": "ALLOW"})


def test_an_idempotency_key_may_hold_anything(backend):
    user_id = someone()
    for key in ("a b", "a/b", "a+b", "用", "a|b:c", "a b/用"):
        assert backend.track(user_id, "login", {"idempotencyKey": key})["idempotency_key"] == key
        assert backend.get_action(user_id, "login", key)["idempotency_key"] == key


def test_a_wrong_secret_key_is_a_401_with_the_known_text(stranger):
    for refusal in (
        refused(401, "unauthorized", stranger.get_action, "ann", "login", "key"),
        refused(401, "unauthorized", stranger.update_action, "ann", "login", "key", {"state": "DONE"}),
    ):
        assert refusal.error_description == UNAUTHORIZED


def test_every_success_is_200_with_a_json_body_and_no_parameter_in_its_content_type(backend):
    """The package reads an answer only then; its deletes fail on an empty body of this type."""
    user_id = someone()
    phone = Phone(backend, user_id)
    token = login(backend, user_id, phone=phone)
    track = {"idempotencyKey": "key"}
    sms = {"verificationMethod": "SMS", "phoneNumber": "+64271234567"}
    calls = [
        ("POST", f"/users/{user_id}/actions/login", track),
        ("GET", f"/users/{user_id}/actions/login/key", None),
        ("PATCH", f"/users/{user_id}/actions/login/key", {"state": "ALLOW"}),
        ("GET", f"/users/{user_id}", None),
        ("PATCH", f"/users/{user_id}", {"email": "ann@example.com"}),
        ("GET", f"/users/{user_id}/authenticators", None),
        ("POST", f"/users/{user_id}/authenticators", sms),
        ("POST", "/validate", {"token": token}),
        ("DELETE", f"/users/{user_id}/authenticators/{phone.authenticator_id}", None),
        ("DELETE", f"/users/{user_id}", None),
    ]
    for method, path, body in calls:
        answer = requests.request(method, API + path, auth=(STACK["secretKey"], ""), json=body, timeout=30)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json"), (method, path)
        assert isinstance(answer.json(), (dict, list))
