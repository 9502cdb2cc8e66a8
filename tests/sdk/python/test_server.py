"""The official Python package, unmodified, against the local stack: track and validate."""

import pytest
from conftest import UNAUTHORIZED, login, refused, someone


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


def test_an_id_in_any_script_is_one_user(backend):
    user_id = f"{someone()}/用户 b"
    tracked = backend.track(user_id=user_id, action="login", attributes={})
    assert backend.validate_challenge({"token": tracked["token"]})["user_id"] == user_id


def test_track_gives_all_that_backends_read(backend):
    tracked = backend.track(user_id=someone(), action="login", attributes={"idempotencyKey": "order 7"})
    assert tracked["idempotency_key"] == "order 7"
    assert tracked["is_enrolled"] is False
    assert "?" in tracked["url"]
    assert tracked["token"].count(".") == 2
    assert tracked["allowed_verification_methods"] == ["DEVICE"]
    assert tracked["enrolled_verification_methods"] == []


def test_track_works_without_attributes_and_knows_a_repeated_key(backend):
    user_id = someone()
    first = backend.track(user_id=user_id, action="login")
    attributes = {"idempotencyKey": first["idempotency_key"], "redirectToSettings": False}
    assert backend.track(user_id, "login", attributes)["idempotency_key"] == first["idempotency_key"]
    assert backend.track(user_id, "login")["idempotency_key"] != first["idempotency_key"]


def test_track_and_validate_refuse_what_is_malformed(backend):
    refused(400, "invalid_request", backend.track, someone(), "log in", {})
    refused(400, "invalid_request", backend.track, someone(), "login", {"custom": "text"})
    refused(400, "invalid_request", backend.track, "a" * 257, "login", {})
    refused(400, "invalid_request", backend.validate_challenge, {"userId": "ann"})
    assert backend.validate_challenge({"token": "garbage"})["is_valid"] is False


def test_a_wrong_secret_key_is_a_401_with_the_known_text(stranger):
    for refusal in (
        refused(401, "unauthorized", stranger.track, "ann", "login", {}),
        refused(401, "unauthorized", stranger.validate_challenge, {"token": "garbage"}),
    ):
        assert refusal.error_description == UNAUTHORIZED
