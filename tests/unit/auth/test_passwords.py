import pytest

from auth.passwords import MAX_LENGTH, PasswordRefused, Passwords

PASSWORDS = Passwords.cheap()


def test_the_right_password_fits_and_others_do_not() -> None:
    stored = PASSWORDS.hash("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert PASSWORDS.is_right("correct horse battery", stored)
    assert not PASSWORDS.is_right("correct horse batterz", stored)
    assert not PASSWORDS.is_right("", stored)


def test_nobody_has_a_password() -> None:
    assert not PASSWORDS.is_right("the password of nobody", None)


@pytest.mark.parametrize("stored", ["", "plain text", "$argon2id$broken", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_broken_hash_fits_nothing(stored: str) -> None:
    assert not PASSWORDS.is_right("anything at all", stored)


@pytest.mark.parametrize("password", ["", "short", "x" * (MAX_LENGTH + 1)])
def test_short_and_endless_passwords_are_not_stored(password: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        PASSWORDS.hash(password)


def test_a_longer_password_does_not_fit_by_its_beginning() -> None:
    stored = PASSWORDS.hash_as_given("x" * MAX_LENGTH)
    assert PASSWORDS.is_right("x" * MAX_LENGTH, stored)
    assert not PASSWORDS.is_right("x" * (MAX_LENGTH + 1), stored)


def test_strange_letters_are_letters() -> None:
    stored = PASSWORDS.hash("пароль 🦅 \ud800 және")
    assert PASSWORDS.is_right("пароль 🦅 \ud800 және", stored)
    assert not PASSWORDS.is_right("пароль 🦅 \ud801 және", stored)


def test_every_hash_has_its_own_salt() -> None:
    assert PASSWORDS.hash("correct horse battery") != PASSWORDS.hash("correct horse battery")


def test_weak_parameters_are_noticed() -> None:
    stored = PASSWORDS.hash("correct horse battery")
    assert not PASSWORDS.is_outdated(stored)
    assert Passwords().is_outdated(stored)


@pytest.mark.parametrize("password", [
    "1234567890", "qwertyuiop", "Password123!", "P@ssw0rd2026", "iloveyou123", "1q2w3e4r5t", "passwordpassword",
    "Almaty2026!!", "йцукенгшщз", "aaaaaaaaaaaa", "abcdefghij", "0987654321", "ANNA.smith99", "annasmith2026",
    "Welcome 2025!", "q w e r t y u i o p", "abababababab",
])
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        PASSWORDS.hash(password, email="anna.smith@example.com")
    assert refused.value.reason == "common"


@pytest.mark.parametrize("password", ["correct horse battery", "another long one", "pLk9-vXw2Q", "ұзын сөзім бар еді",
                                      "tQv3RzLmPa12", "мой дядя самых честных правил"])
def test_what_nobody_guesses_is_taken(password: str) -> None:
    assert PASSWORDS.is_right(password, PASSWORDS.hash(password, email="anna.smith@example.com"))


def test_a_short_password_that_stands_already_can_be_hashed() -> None:
    passwords = Passwords.cheap()
    assert passwords.is_right("demo", passwords.hash_as_given("demo"))
    with pytest.raises(ValueError):
        passwords.hash_as_given("x" * 201)
