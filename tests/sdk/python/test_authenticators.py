"""The official Python package, unmodified: authenticators."""

import uuid

import pytest
from conftest import UNAUTHORIZED, Phone, login, poll, refused, show, someone


def test_an_unknown_user_has_no_authenticators(backend):
    assert backend.get_authenticators(someone()) == []


def test_a_phone_is_listed_as_a_device(backend):
    user_id = someone()
    phone = Phone(backend, user_id)
    login(backend, user_id, phone=phone)
    (device,) = backend.get_authenticators(user_id)
    assert device["user_id"] == user_id
    assert device["user_authenticator_id"] == phone.authenticator_id
    assert device["verification_method"] == "DEVICE"
    assert device["display_name"] == "Test phone"
    assert device["last_verified_at"] >= device["verified_at"] >= device["created_at"]


@pytest.mark.parametrize(
    "attributes",
    [
        {"verificationMethod": "SMS", "phoneNumber": "+64271234567"},
        {"verificationMethod": "EMAIL_OTP", "email": "ann@example.com"},
        {"verificationMethod": "EMAIL_MAGIC_LINK", "email": "ann@example.com"},
        {"verificationMethod": "AUTHENTICATOR_APP"},
    ],
)
def test_a_verified_method_is_enrolled_once_and_deleted_for_good(backend, attributes):
    user_id = someone()
    enrolled = backend.enroll_verified_authenticator(user_id, attributes)["authenticator"]
    assert enrolled["user_id"] == user_id
    assert enrolled["verification_method"] == attributes["verificationMethod"]
    assert enrolled.get("email") == attributes.get("email")
    assert enrolled.get("phone_number") == attributes.get("phoneNumber")
    assert backend.enroll_verified_authenticator(user_id, attributes)["authenticator"] == enrolled
    assert backend.get_authenticators(user_id) == [enrolled]
    user = backend.get_user(user_id)
    assert user["enrolled_verification_methods"] == [attributes["verificationMethod"]]
    assert user["is_enrolled"] is True
    for _ in range(2):
        assert backend.delete_authenticator(user_id, enrolled["user_authenticator_id"]) is None
        assert backend.get_authenticators(user_id) == []


@pytest.mark.parametrize(
    "attributes",
    [
        {"verificationMethod": "SMS"},
        {"verificationMethod": "EMAIL_OTP", "phoneNumber": "+64271234567"},
        {"verificationMethod": "DEVICE"},
        {"verificationMethod": "PASSKEY"},
        {"verificationMethod": 7},
        {"email": "ann@example.com"},
    ],
)
def test_a_method_that_a_backend_cannot_verify_is_refused(backend, attributes):
    user_id = someone()
    refused(400, "invalid_request", backend.enroll_verified_authenticator, user_id, attributes)
    assert backend.get_authenticators(user_id) == []


def test_a_device_that_is_deleted_can_neither_claim_nor_approve(backend):
    user_id = someone()
    phone = Phone(backend, user_id)
    claimed, shown = show(), show()
    assert phone.claim(claimed["challengeId"])[0] == 200
    for _ in range(2):
        assert backend.delete_authenticator(user_id, phone.authenticator_id) is None
    for status, refusal in (phone.approve(claimed["challengeId"]), phone.claim(shown["challengeId"])):
        assert (status, refusal["error"]) == (401, "invalid_credential")
    assert "accessToken" not in poll(claimed)
    assert backend.get_user(user_id)["is_enrolled"] is False


def test_what_never_existed_or_is_another_users_is_a_404(backend):
    user_id = someone()
    phone = Phone(backend, user_id)
    for user, authenticator in ((user_id, str(uuid.uuid4())), (someone(), phone.authenticator_id)):
        refused(404, "authenticator_not_found", backend.delete_authenticator, user, authenticator)
    assert login(backend, user_id, phone=phone)


def test_a_wrong_secret_key_is_a_401_with_the_known_text(stranger):
    attributes = {"verificationMethod": "AUTHENTICATOR_APP"}
    for refusal in (
        refused(401, "unauthorized", stranger.get_authenticators, "ann"),
        refused(401, "unauthorized", stranger.enroll_verified_authenticator, "ann", attributes),
        refused(401, "unauthorized", stranger.delete_authenticator, "ann", str(uuid.uuid4())),
    ):
        assert refusal.error_description == UNAUTHORIZED
