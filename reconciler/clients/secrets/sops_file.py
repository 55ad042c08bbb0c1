"""Files that SOPS encrypted, opened with an age identity and verified; nothing is read from one that was changed by hand.

The format is that of getsops/sops at 15e36f9 (sops.go, aes/cipher.go, age/keysource.go, stores/stores.go): a data key of
256 bits, wrapped for each recipient; each value AES-256-GCM under it with its keys, joined by `:`, as additional data;
a MAC (SHA-512 of all plain values in the file's order), encrypted with `lastmodified` as additional data.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from hmac import compare_digest
from typing import Any

from reconciler.clients.secrets.sops_tree import NotSopsError, Scalar, Tree, parsed

_SEALED = re.compile(r"ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]")
_FIRST = sha256(b"sops").digest()  # of the MAC over encrypted values only (sops.go MACOnlyEncryptedInitialization)
_BY_COMMENT = ("encrypted_comment_regex", "unencrypted_comment_regex")
_OTHERS = {"pgp": "PGP", "kms": "AWS KMS", "gcp_kms": "GCP KMS", "azure_kv": "Azure Key Vault", "hc_vault": "Vault",
           "hckms": "HuaweiCloud KMS"}  # fmt: skip
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """What such a file says, verified. sealed: the paths that were encrypted in it; the others anybody can read."""

    tree: Tree = field(repr=False)
    sealed: frozenset[Path]


def opened(content: bytes, name: str, identities: str) -> Opened:
    """The file's tree in clear. identities: age's, one a line, as its key files have them.

    Raises NotSopsError: no such file, none of its recipients is ours, or what stands there is not what SOPS wrote.
    """
    tree = parsed(content, name)
    meta = tree.pop("sops", None)
    if not isinstance(meta, dict):
        raise NotSopsError("it was not encrypted with SOPS: `sops encrypt` it, for a secret may not stand in clear")
    return _Opening(meta, _data_key(meta, identities)).opened(tree)


def recipients(meta: Mapping[str, Tree]) -> tuple[str, ...]:
    """Whom the file is encrypted to, in a person's words."""
    others = tuple(words for key, words in _OTHERS.items() if meta.get(key))
    return (*(_text(each, "recipient") for each in _age(meta)), *others)


def _data_key(meta: Mapping[str, Tree], identities: str) -> bytes:
    if len(_groups(meta)) > 1 or _text(meta, "shamir_threshold") not in {"", "0", "1"}:
        raise NotSopsError("its key is shared among several key groups, and only one group of age recipients is opened")
    ours = _identities(identities)
    for wrapped in (_text(each, "enc") for each in _age(meta)):
        key = _unwrapped(wrapped, ours)
        if key is not None:
            return key
    known = ", ".join(str(one.to_public()) for one in ours)
    whom = ", ".join(recipients(meta)) or "nobody"
    raise NotSopsError(
        f"it is encrypted to {whom}, and we are {known}: add that recipient to .sops.yaml, run `sops updatekeys`"
    )


def _groups(meta: Mapping[str, Tree]) -> list[Any]:
    groups = meta.get("key_groups")
    return groups if isinstance(groups, list) else []


def _age(meta: Mapping[str, Tree]) -> list[Any]:
    """The recipients of age, of the one group that there is."""
    homes = [meta, *(group for group in _groups(meta) if isinstance(group, dict))]
    found = (home.get("age") for home in homes)
    return [each for listed in found if isinstance(listed, list) for each in listed if isinstance(each, dict)]


def _identities(text: str) -> list[Any]:
    from pyrage import x25519  # noqa: PLC0415 - loaded where a file of SOPS is opened

    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    try:
        return [x25519.Identity.from_str(line) for line in lines]
    except Exception:  # noqa: BLE001 - pyrage.IdentityError is no class of its own stubs; it may repeat the key
        wrong = "our age identities are not lines AGE-SECRET-KEY-1…: write what `age-keygen` gave, X25519 only"
    raise NotSopsError(wrong)


def _unwrapped(wrapped: str, identities: list[Any]) -> bytes | None:
    import pyrage  # noqa: PLC0415

    try:
        return bytes(pyrage.decrypt(wrapped.encode(), identities))
    except pyrage.DecryptError:
        return None


class _Opening:
    """One file on the way into the clear."""

    def __init__(self, meta: Mapping[str, Tree], key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        if rule := next((name for name in _BY_COMMENT if _text(meta, name)), ""):
            raise NotSopsError(
                f"it says by comments what is encrypted ({rule}), which is not read: use encrypted_regex"
            )
        if len(key) != 32:
            raise NotSopsError("its data key has not 256 bits")
        self._meta, self._cipher = meta, AESGCM(key)
        self._only_sealed = _text(meta, "mac_only_encrypted") == "True"
        self._mac = sha512(_FIRST if self._only_sealed else b"")
        self._sealed: set[Path] = set()

    def opened(self, tree: Tree) -> Opened:
        plain = self._walked(tree, (), ())
        said = self._clear(_text(self._meta, "mac"), _text(self._meta, "lastmodified"), "sops.mac")
        if not compare_digest(said, self._mac.hexdigest().upper()):
            raise NotSopsError("its MAC does not match: it was changed without `sops`. Restore it, or `sops edit` it")
        return Opened(plain, frozenset(self._sealed))

    def _walked(self, tree: Tree, keys: Path, at: Path) -> Tree:
        """keys: the mapping keys above, which SOPS knows a place by; at: those and the places in lists."""
        if isinstance(tree, dict):
            return {key: self._walked(value, (*keys, key), (*at, key)) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self._walked(value, keys, (*at, str(n))) for n, value in enumerate(tree)]
        return self._leaf(tree, keys, at) if tree else tree

    def _leaf(self, leaf: Scalar, keys: Path, at: Path) -> Scalar:
        if not self._is_sealed(keys):
            if not self._only_sealed:
                self._mac.update(leaf.text.encode())
            return leaf
        clear = self._clear(leaf.text, "".join(f"{key}:" for key in keys), ".".join(at)) if leaf.text else ""
        self._mac.update(clear.encode())
        self._sealed.add(at)
        return Scalar(clear)

    def _is_sealed(self, keys: Path) -> bool:
        """sops.go shouldBeEncrypted, in its order: a later rule stands over an earlier one."""
        sealed = True
        for rule, matches in self._rules():
            found = any(matches(key) for key in keys)
            if rule.startswith("encrypted"):
                sealed = found
            elif found:
                sealed = False
        return sealed

    def _rules(self) -> Iterator[tuple[str, Any]]:
        for rule in ("unencrypted_suffix", "encrypted_suffix"):
            if suffix := _text(self._meta, rule):
                yield rule, lambda key, suffix=suffix: key.endswith(suffix)
        for rule in ("unencrypted_regex", "encrypted_regex"):
            if form := _text(self._meta, rule):
                yield rule, _form(form, rule).search

    def _clear(self, text: str, beside: str, where: str) -> str:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        found = _SEALED.fullmatch(text)
        if found is None:
            raise NotSopsError(f"{where} stands in clear where SOPS encrypts: was it written by hand? `sops edit` it")
        try:
            data, nonce, tag = (base64.b64decode(found[n], validate=True) for n in (1, 2, 3))
            return self._cipher.decrypt(nonce, data + tag, beside.encode()).decode()
        except (InvalidTag, binascii.Error, UnicodeDecodeError, ValueError):
            moved = f"{where} cannot be decrypted: it was moved or changed without `sops`. Restore it"
            raise NotSopsError(moved) from None


def _form(form: str, rule: str) -> re.Pattern[str]:
    try:
        return re.compile(form)
    except re.error:
        raise NotSopsError(f"its {rule} is no regular expression that is read here") from None


def _text(meta: Any, name: str) -> str:
    value = meta.get(name)
    return value.text if isinstance(value, Scalar) else ""
