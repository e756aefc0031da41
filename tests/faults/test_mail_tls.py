"""TLS and sign-in at a mail server: no word before TLS, no password without it, no trust in a stranger."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from demo.mail_server import MailStandIn
from integrations.mail.client import MailClient, MailServerAway
from integrations.mail.mapping import OutgoingMail

MAIL = OutgoingMail("key", "a@example.com", "Subject", "Body", datetime(2026, 1, 15, tzinfo=UTC))
SENDER = "no-reply@example.com"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that nobody but the test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return path


@pytest.fixture
def server(certificate: Path) -> Iterator[MailStandIn]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with MailStandIn(accounts={"user": "a pass/word"}, tls=context) as stand_in:
        yield stand_in


def test_a_mail_goes_over_tls_with_a_sign_in(server: MailStandIn, certificate: Path) -> None:
    address = server.smtp_url.replace("//", "//user:a%20pass%2Fword@")
    with MailClient(address, SENDER, trust=ssl.create_default_context(cafile=str(certificate))) as client:
        client.send(MAIL)
        client.send(MAIL)
    assert len(server.wait_for(2)) == 2
    assert server.connections == 2, "one greeting before TLS and one after it serve the whole batch"


def test_a_certificate_of_a_stranger_is_not_trusted(server: MailStandIn) -> None:
    with pytest.raises(MailServerAway, match="SSLCertVerificationError"):
        MailClient(server.smtp_url, SENDER).send(MAIL)
    assert not server.mails


def test_a_wrong_password_is_no_fault_of_the_mail(server: MailStandIn, certificate: Path) -> None:
    client = MailClient(server.smtp_url.replace("//", "//user:wrong-secret@"), SENDER,
                        trust=ssl.create_default_context(cafile=str(certificate)))
    with pytest.raises(MailServerAway, match="535") as caught:
        client.send(MAIL)
    assert "wrong-secret" not in str(caught.value)


def test_a_server_elsewhere_must_offer_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    with MailStandIn() as plain:
        monkeypatch.setattr("integrations.mail.client._LOOPBACK", set())
        with pytest.raises(MailServerAway, match="no TLS"):
            MailClient(plain.smtp_url, SENDER).send(MAIL)
        with pytest.raises(MailServerAway, match="no password"):
            MailClient(plain.smtp_url.replace("//", "//u:p@") + "?tls=off", SENDER).send(MAIL)
        with MailClient(plain.smtp_url + "?tls=off", SENDER) as client:
            client.send(MAIL)
        assert len(plain.wait_for(1)) == 1
