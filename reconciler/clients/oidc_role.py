"""Who the bearer of a proved token is here, and what he may: by a claim of the token. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.clients.oidc_errors import RoleLess, TokenRefused
from reconciler.clients.oidc_file import ANYBODY, Oidc
from reconciler.model.role import Bearer, Role

PREFIX = "oidc:"  # no name of `stxr token` has a colon: nobody passes for another in the audit
LONGEST = 200

Claims = Mapping[str, Any]


def bearer_of_claims(claims: Claims, settings: Oidc) -> Bearer:
    """Who it is, with the highest of his roles. Raises TokenRefused where he has no name, RoleLess where no role."""
    name = _name(claims, settings.name_claim)
    values = set(_texts(_claim(claims, settings.roles_claim))) | {ANYBODY}
    roles = [role for role in Role if values & set(settings.roles.get(role, ()))]
    if not roles:
        raise RoleLess(f"{name} has no role here: the claim {settings.roles_claim} names none that has one")
    return Bearer(name, roles[-1])


def _name(claims: Claims, claim: str) -> str:
    said = _claim(claims, claim)
    if not isinstance(said, str) or not said.strip() or not said.isprintable():
        raise TokenRefused(f"the token has no name of its bearer: the claim {claim} is missing, or no text")
    if claim == "email" and claims.get("email_verified") is False:  # OpenID Connect Core 5.1
        raise TokenRefused("the token's e-mail address is not verified by its issuer")
    return PREFIX + said[:LONGEST]


def _claim(claims: Claims, name: str) -> Any:
    """The claim of this very name, or what lies inside one by dots (`realm_access.roles`)."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _texts(said: Any) -> Iterator[str]:
    values = said if isinstance(said, list) else [said]
    return (value for value in values if isinstance(value, str) and value != ANYBODY)
