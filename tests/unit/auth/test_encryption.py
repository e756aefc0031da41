"""Secrets at rest: bound to row and purpose, readable across rotations, unreadable otherwise."""

import base64

import pytest

from auth.encryption import Cipher, DecryptionError, KeyRingError, key_id_of

# Fixed, so that every worker of a test run collects the same tests.
OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


def test_a_text_comes_back_for_its_own_row_and_purpose() -> None:
    cipher = Cipher.from_ring(f"k1:{OLD}")
    sealed = cipher.encrypt("facebook_token", "user-1", "EAAB-secret-ж")
    assert cipher.decrypt("facebook_token", "user-1", sealed) == "EAAB-secret-ж"
    assert b"EAAB" not in sealed


@pytest.mark.parametrize(("purpose", "owner"), [
    ("facebook_token", "user-2"), ("amocrm_token", "user-1"), ("facebook_tokenuser", "-1"), ("", "")])
def test_a_ciphertext_moved_to_another_row_or_purpose_fails(purpose: str, owner: str) -> None:
    cipher = Cipher.from_ring(f"k1:{OLD}")
    sealed = cipher.encrypt("facebook_token", "user-1", "secret")
    with pytest.raises(DecryptionError):
        cipher.decrypt(purpose, owner, sealed)


def test_every_altered_byte_is_noticed() -> None:
    cipher = Cipher.from_ring(f"k1:{OLD}")
    sealed = cipher.encrypt("p", "o", "secret")
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(DecryptionError):
            cipher.decrypt("p", "o", bytes(altered))


@pytest.mark.parametrize("garbage", [b"", b"\x01", b"\x01\x02k1", b"plain text", b"\x01\xffabc",
                                     b"\x01\x02\xff\xfe" + b"0" * 40])
def test_what_is_no_ciphertext_is_refused(garbage: bytes) -> None:
    with pytest.raises(DecryptionError):
        Cipher.from_ring(f"k1:{OLD}").decrypt("p", "o", garbage)


def test_the_same_text_never_looks_the_same() -> None:
    cipher = Cipher.from_ring(f"k1:{OLD}")
    assert cipher.encrypt("p", "o", "secret") != cipher.encrypt("p", "o", "secret")


def test_rotation_keeps_the_text_and_uses_the_newest_key() -> None:
    before = Cipher.from_ring(f"k1:{OLD}")
    both = Cipher.from_ring(f"k2:{NEW}, k1:{OLD}")
    sealed = before.encrypt("p", "o", "secret")
    rotated = both.rotate("p", "o", sealed)
    assert rotated is not None and key_id_of(rotated) == "k2"
    assert both.rotate("p", "o", rotated) is None
    assert Cipher.from_ring(f"k2:{NEW}").decrypt("p", "o", rotated) == "secret"


def test_a_key_that_left_the_ring_is_named() -> None:
    sealed = Cipher.from_ring(f"k1:{OLD}").encrypt("p", "o", "secret")
    with pytest.raises(DecryptionError, match="k1"):
        Cipher.from_ring(f"k2:{NEW}").decrypt("p", "o", sealed)


@pytest.mark.parametrize("ring", ["", " , ", "k1", ":" + OLD, "k1:short", "k1:" + "A" * 64, f"k1:{OLD},k1:{NEW}",
                                  "k1:ключ"])
def test_a_bad_ring_is_refused_without_quoting_a_key(ring: str) -> None:
    with pytest.raises(KeyRingError) as caught:
        Cipher.from_ring(ring)
    assert OLD not in str(caught.value)


def test_keys_never_show_in_a_representation() -> None:
    assert OLD not in repr(Cipher.from_ring(f"k1:{OLD}"))
