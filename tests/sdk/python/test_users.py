"""The official Python package, unmodified: users."""

import pytest
from conftest import UNAUTHORIZED, Phone, login, poll, refused, show, someone

ODD = ["auth0|x", "a b", "a/b", "a+b", "a:b", "用户", "auth0|a b/c+d:e用"]


def test_an_unknown_user_is_known_to_be_unknown(backend):
    assert backend.get_user(someone()) == {
        "is_enrolled": False,
        "email_verified": False,
        "phone_number_verified": False,
        "enrolled_verification_methods": [],
        "allowed_verification_methods": ["DEVICE"],
    }


def test_what_is_updated_is_told(backend):
    user_id = someone()
    attributes = {"email": "ann@example.com", "emailVerified": True, "displayName": "Ann", "custom": {"plan": "gold"}}
    updated = backend.update_user(user_id, attributes)
    assert updated == {
        "email": "ann@example.com",
        "email_verified": True,
        "phone_number_verified": False,
        "display_name": "Ann",
        "custom": {"plan": "gold"},
    }
    user = backend.get_user(user_id)
    assert {member: user[member] for member in updated} == updated


def test_what_is_absent_stays_and_an_empty_text_clears(backend):
    user_id = someone()
    backend.update_user(user_id, {"email": "ann@example.com", "username": "ann"})
    updated = backend.update_user(user_id, {"email": "", "unknown": 7})
    assert "email" not in updated
    assert updated["username"] == "ann"


def test_a_malformed_update_changes_nothing(backend):
    user_id = someone()
    backend.update_user(user_id, {"email": "ann@example.com"})
    for wrong in ({"email": 7}, {"custom": "text"}, {"emailVerified": "yes"}):
        refused(400, "invalid_request", backend.update_user, user_id, {"email": "other@example.com", **wrong})
    refused(400, "invalid_request", backend.get_user, "a" * 257)
    assert backend.get_user(user_id)["email"] == "ann@example.com"


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_id_is_one_user_in_every_call(backend, odd):
    user_id = odd + someone()
    backend.update_user(user_id, {"username": user_id[-36:]})
    assert backend.get_user(user_id)["username"] == user_id[-36:]
    tracked = backend.track(user_id, "login")
    token = login(backend, user_id, user_token=tracked["token"])
    assert backend.validate_challenge({"token": token, "userId": user_id})["user_id"] == user_id
    action = backend.get_action(user_id, "login", tracked["idempotency_key"])
    assert (action["user_id"], action["state"]) == (user_id, "CHALLENGE_SUCCEEDED")
    blocked = backend.update_action(user_id, "login", tracked["idempotency_key"], {"state": "BLOCK"})
    assert blocked["user_id"] == user_id
    enrolled = backend.enroll_verified_authenticator(user_id, {"verificationMethod": "AUTHENTICATOR_APP"})
    assert enrolled["authenticator"]["user_id"] == user_id
    authenticators = backend.get_authenticators(user_id)
    assert [one["user_id"] for one in authenticators] == [user_id, user_id]
    for one in authenticators:
        backend.delete_authenticator(user_id, one["user_authenticator_id"])
    assert backend.get_authenticators(user_id) == []
    backend.delete_user(user_id)
    assert "username" not in backend.get_user(user_id)


def test_a_deleted_user_is_gone_and_may_be_deleted_again(backend):
    user_id = someone()
    tracked = backend.track(user_id, "login")
    token = login(backend, user_id, user_token=tracked["token"])
    backend.update_user(user_id, {"email": "ann@example.com"})
    assert backend.delete_user(user_id) is None
    assert "email" not in backend.get_user(user_id)
    assert backend.get_user(user_id)["is_enrolled"] is False
    assert backend.get_authenticators(user_id) == []
    refused(404, "action_not_found", backend.get_action, user_id, "login", tracked["idempotency_key"])
    validated = backend.validate_challenge({"token": token})
    assert validated["is_valid"] is False
    assert "state" not in validated
    backend.delete_user(user_id)
    backend.delete_user(someone())


def test_a_login_under_way_when_its_user_is_deleted_cannot_be_completed(backend):
    user_id = someone()
    phone = Phone(backend, user_id)
    shown = show(user_token=backend.track(user_id, "login")["token"])
    assert phone.claim(shown["challengeId"])[0] == 200
    backend.delete_user(user_id)
    status, refusal = phone.approve(shown["challengeId"])
    assert (status, refusal["error"]) == (401, "invalid_credential")
    assert "accessToken" not in poll(shown)


def test_a_wrong_secret_key_is_a_401_with_the_known_text(stranger):
    for refusal in (
        refused(401, "unauthorized", stranger.get_user, "ann"),
        refused(401, "unauthorized", stranger.get_user, "a/b"),
        refused(401, "unauthorized", stranger.update_user, "ann", {"email": 7}),
        refused(401, "unauthorized", stranger.delete_user, "ann"),
    ):
        assert refusal.error_description == UNAUTHORIZED
