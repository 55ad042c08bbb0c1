"""Files as SOPS writes them, for secrets that a test makes up; those of the program itself are in clients/secrets/."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha512

import pyrage
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MODIFIED = "2026-11-20T10:00:00Z"


@dataclass(frozen=True)
class Sealer:
    """Whose file it is. identity: what opens it."""

    identity: pyrage.x25519.Identity

    @staticmethod
    def new() -> Sealer:
        return Sealer(pyrage.x25519.Identity.generate())

    @property
    def key(self) -> str:
        return str(self.identity)

    def sealed(self, values: Mapping[str, str]) -> str:
        """A JSON file that holds them (getsops/sops aes/cipher.go, sops.go Encrypt)."""
        data_key = os.urandom(32)
        whom = self.identity.to_public()
        wrapped = pyrage.encrypt(data_key, [whom], armored=True).decode()
        mac = sha512("".join(values.values()).encode()).hexdigest().upper()
        meta = {
            "age": [{"recipient": str(whom), "enc": wrapped}],
            "lastmodified": MODIFIED,
            "mac": _sealed(data_key, mac, MODIFIED),
            "version": "3.11.0",
        }
        held = {name: _sealed(data_key, value, f"{name}:") for name, value in values.items()}
        return json.dumps({**held, "sops": meta}, indent=2)


def _sealed(data_key: bytes, text: str, beside: str) -> str:
    nonce = os.urandom(32)
    whole = AESGCM(data_key).encrypt(nonce, text.encode(), beside.encode())
    data, nonced, tag = (base64.b64encode(part).decode() for part in (whole[:-16], nonce, whole[-16:]))
    return f"ENC[AES256_GCM,data:{data},iv:{nonced},tag:{tag},type:str]"
