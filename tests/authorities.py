"""Certificates made for tests, with a library by which the product reads none: what it reads of them is what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """A certificate, its private key, and both as PEM."""

    certificate: x509.Certificate
    private: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def key(self) -> str:
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def serial(self) -> int:
        return self.certificate.serial_number


def authority(name: str = "site ca", *, serial: int = 0, days: int = 3650, begin: datetime = BEGIN) -> Made:
    """An authority that signs itself."""
    return made(name, None, serial=serial, days=days, begin=begin, is_authority=True)


def made(
    name: str,
    issuer: Made | None,
    *,
    serial: int = 0,
    days: int = 3650,
    begin: datetime = BEGIN,
    is_authority: bool = False,
) -> Made:
    """A certificate of this name, signed by another, or by itself."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(private.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + days * DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    return Made(builder.sign(issuer.private if issuer else private, hashes.SHA256()), private)


def _name(text: str) -> x509.Name:
    pairs = ((NameOID.ORGANIZATION_NAME, "Example, Inc."), (NameOID.COMMON_NAME, text))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])
