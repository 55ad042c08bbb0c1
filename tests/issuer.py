"""A small OpenID Connect issuer behind a real socket: discovery, a key set, tokens signed by real keys.

Tokens are made by hand from the RFCs (7515, 7518, 7519) with `cryptography`, not by the library that checks them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NOW = 1_795_000_000.0
AUDIENCE = "stx-reconciler"
CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value: int, size: int = 0) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


@dataclass
class Key:
    """A private key for one algorithm, by its id."""

    kid: str
    algorithm: str
    bits: int = 2048

    def __post_init__(self) -> None:
        if self.algorithm[:2] in {"RS", "PS"}:
            self.private: Any = rsa.generate_private_key(65537, self.bits)
        elif self.algorithm == "EdDSA":
            self.private = ed25519.Ed25519PrivateKey.generate()
        else:
            self.private = ec.generate_private_key(CURVES[self.algorithm])

    @property
    def public(self) -> dict[str, Any]:
        """As the issuer publishes it (RFC 7517)."""
        return {"kid": self.kid, "use": "sig", "alg": self.algorithm, **self._numbers()}

    @property
    def pem(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def _numbers(self) -> dict[str, Any]:
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            known = public.public_numbers()
            return {"kty": "RSA", "n": number(known.n), "e": number(known.e)}
        if isinstance(public, ed25519.Ed25519PublicKey):
            return {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}
        known, size = public.public_numbers(), (public.curve.key_size + 7) // 8
        return {
            "kty": "EC",
            "crv": f"P-{public.curve.key_size}",
            "x": number(known.x, size),
            "y": number(known.y, size),
        }

    def sign(self, content: bytes) -> bytes:
        if self.algorithm == "EdDSA":
            return self.private.sign(content)
        digest = HASHES[self.algorithm[2:]]
        if self.algorithm.startswith("RS"):
            return self.private.sign(content, padding.PKCS1v15(), digest)
        if self.algorithm.startswith("PS"):
            return self.private.sign(content, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        r, s = decode_dss_signature(self.private.sign(content, ec.ECDSA(digest)))
        size = (self.private.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def compact(header: Mapping[str, Any], claims: Any, sign: Any) -> str:
    content = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
    return f"{content}.{b64(sign(content.encode()))}"


def by_secret(secret: bytes) -> Any:
    return lambda content: hmac.new(secret, content, hashlib.sha256).digest()


@dataclass
class Issuer:
    """What it publishes and how it answers; a test changes both while it is served."""

    url: str = ""
    keys: list[Key] = field(default_factory=lambda: [Key("k1", "RS256")])
    extra: list[Any] = field(default_factory=list)  # published as they stand
    status: int = 200
    said: dict[str, Any] = field(default_factory=dict)  # of the discovery document, besides or instead
    asked: list[str] = field(default_factory=list)

    def token(self, key: Key | None = None, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """A token that is right, but for what is given; a claim that is None is left out."""
        key = key or self.keys[0]
        said = {"iss": self.url, "aud": AUDIENCE, "sub": "u-17", "iat": NOW - 10, "exp": NOW + 600, "groups": ["noc"]}
        said = {name: value for name, value in (said | claims).items() if value is not None}
        head = {"alg": key.algorithm, "typ": "JWT", "kid": key.kid} | dict(header or {})
        return compact({name: value for name, value in head.items() if value is not None}, said, key.sign)

    def answer(self, path: str) -> tuple[int, Any]:
        self.asked.append(path)
        if path.endswith("/.well-known/openid-configuration"):
            return self.status, {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | self.said
        return self.status, {"keys": [*(key.public for key in self.keys), *self.extra]}

    @property
    def looks(self) -> int:
        """How often somebody asked for its keys, or tried to."""
        return sum(path.endswith("openid-configuration") for path in self.asked)


@contextmanager
def serving(issuer: Issuer, tls: ssl.SSLContext | None = None, path: str = "/realms/ran") -> Iterator[Issuer]:
    """The issuer behind a socket on loopback, until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = issuer.answer(self.path)
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            pass  # a handshake that the client refuses

    with Quiet(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        issuer.url = issuer.url or f"http{'s' if tls else ''}://localhost:{server.server_port}{path}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
