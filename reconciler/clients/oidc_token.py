"""Whether a JSON Web Token is the issuer's, for us, and of now. Pure: the key and the time come in.

The rules are OpenID Connect Core 3.1.3.7 and RFC 8725: the algorithm is ours to choose and must be that of the key,
issuer and audience are compared to the letter, and no error tells more than what the bearer can read himself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import jwt
from jwt.types import Options

from reconciler.clients.oidc_errors import TokenRefused
from reconciler.clients.oidc_file import Oidc

FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}  # RFC 7518 6.1, RFC 8037 2
TYPES = frozenset(
    ("", "jwt", "at+jwt")
)  # others are for other ends: a logout token is no key to a door (RFC 8725 3.11)
# claims are judged here: the library asks the machine's clock
OPTIONS: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
    "enforce_minimum_key_length": True,
}

Key = Mapping[str, Any]  # a JSON Web Key (RFC 7517)
Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Header:
    """How a token says that it is signed; nothing of it is proved yet. kid: the key's id, "" where it names none."""

    algorithm: str
    kid: str


def header_of(token: str, settings: Oidc) -> Header:
    """Its header. Raises TokenRefused for an algorithm that is not taken, `none` and shared secrets always among them."""
    try:
        said = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise TokenRefused("this is no JSON Web Token that can be read") from None
    algorithm, kind = str(said.get("alg", "")), str(said.get("typ") or "").lower().removeprefix("application/")
    if algorithm not in settings.algorithms:
        taken = ", ".join(settings.algorithms)
        raise TokenRefused(f"the token is signed by the algorithm {algorithm[:20]!r}, and taken are {taken}")
    if kind not in TYPES:
        raise TokenRefused(f"a token of the type {kind[:20]!r} is not for this")
    return Header(algorithm, str(said.get("kid") or ""))


def fits(key: Key, header: Header) -> bool:
    """Whether a published key may be the one: by id, use, type and algorithm."""
    is_named = not header.kid or key.get("kid") == header.kid
    signs = key.get("use", "sig") == "sig" and "verify" in key.get("key_ops", ["verify"])
    is_of_it = key.get("kty") == FAMILIES[header.algorithm[:2]] and key.get("alg", header.algorithm) == header.algorithm
    return is_named and signs and is_of_it


def verified(token: str, keys: Sequence[Key], settings: Oidc, now: float) -> Claims:
    """Its claims, where one of these keys signed it and all that it says of itself holds. Raises TokenRefused."""
    header = header_of(token, settings)
    claims = _signed(token, [key for key in keys if fits(key, header)], header)
    _issued(claims, settings)
    _timely(claims, now, settings.skew_s)
    return claims


def _signed(token: str, keys: Iterable[Key], header: Header) -> Claims:
    why = ""
    for key in keys:
        try:
            known = jwt.PyJWK(dict(key), header.algorithm)
            return jwt.decode(token, known, algorithms=[header.algorithm], options=OPTIONS)
        except jwt.InvalidSignatureError:
            continue
        except jwt.PyJWTError as error:
            why = f": {error}"
    raise TokenRefused(f"the token is not signed by a key that its issuer publishes{why}")


def _issued(claims: Claims, settings: Oidc) -> None:
    if claims.get("iss") != settings.issuer:
        raise TokenRefused(f"the token is of another issuer than {settings.issuer}")
    said = claims.get("aud")
    audience = {said} if isinstance(said, str) else set(filter(_is_text, said)) if isinstance(said, list) else set()
    if not audience & set(settings.audience):
        raise TokenRefused(f"the token is not for {' or '.join(settings.audience)}, but for somebody else (`aud`)")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _timely(claims: Claims, now: float, skew_s: float) -> None:
    if "exp" not in claims:
        raise TokenRefused("the token does not say when it ends (`exp`)")
    if now >= _moment(claims, "exp") + skew_s:
        raise TokenRefused("the token has expired: get a new one")
    for name in {"nbf", "iat"} & claims.keys():
        if now < _moment(claims, name) - skew_s:
            raise TokenRefused(f"the token is not valid yet (`{name}`): see that the clocks agree")


def _moment(claims: Claims, name: str) -> float:
    """A NumericDate (RFC 7519 2); what is none compares with nothing, and would never be over."""
    said = claims[name]
    if isinstance(said, bool) or not isinstance(said, int | float) or not isfinite(said):
        raise TokenRefused(f"the token's `{name}` is no time")
    return float(said)
