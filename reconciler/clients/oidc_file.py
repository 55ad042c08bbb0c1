"""The file of `stxr run --oidc`: whose tokens open the API, and which of their groups has which role.

    issuer: https://id.example.org/realms/ran
    audience: stx-reconciler
    nameClaim: preferred_username
    rolesClaim: groups
    roles:
      operator: [ran-operations]
      approver: [change-board]
      viewer: ["*"]

Paths are relative to the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from reconciler.clients.own_file import Said, explained, read
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.role import Role

WHAT = "OIDC file"
LIBRARIES = {"jwt": "PyJWT", "cryptography": "cryptography"}  # an extra: who has no issuer does not need them
ANYBODY = "*"  # whom the issuer gives a token for us


class Algorithm(StrEnum):
    """Signatures by a private key (RFC 7518, RFC 8037): with a shared secret anybody who checks could sign, too."""

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    EDDSA = "EdDSA"


def is_own_machine(host: str | None) -> bool:
    """Whether what is sent there leaves the machine."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def safe_url(url: str) -> str:
    """The URL. Raises ValueError where who is on the way could give keys of his own."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a URL such as https://id.example.org/realms/ran, without user, query or fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_own_machine(parts.hostname)):
        raise ValueError("must be https://: who is on the way could give keys of his own (http:// on loopback only)")
    return url


def _listed(said: Any) -> Any:
    return [said] if isinstance(said, str) else said


Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1), BeforeValidator(_listed)]


class Oidc(Said):
    """Whose tokens are taken, and what they may."""

    issuer: Annotated[str, AfterValidator(safe_url)] = Field(
        description="As the tokens say it in `iss`, to the letter."
    )
    audience: Names = Field(description="Tokens for one of these are for us (`aud`).")
    name_claim: str = Field(default="sub", min_length=1, description="What stands in the audit, after `oidc:`.")
    roles_claim: str = Field(default="groups", min_length=1, description="Its values have the roles; dots lead inward.")
    roles: Mapping[Role, Names] = Field(min_length=1, description="Role -> values of the claim; `*` is everybody.")
    algorithms: tuple[Algorithm, ...] = Field(
        default=(Algorithm.RS256, Algorithm.PS256, Algorithm.ES256, Algorithm.ES384, Algorithm.EDDSA),
        min_length=1,
        description="Signatures that are taken; none is by a shared secret.",
    )
    skew_s: float = Field(default=60.0, ge=0, le=300, description="By how much clocks may differ, in seconds.")
    ca_bundle: Path | None = Field(default=None, description="CAs of the issuer, PEM; otherwise those of the machine.")


def load_oidc(path: Path) -> Oidc:
    """What the file says. Raises ConfigErrors naming all that is wrong, or ConfigError."""
    if missing := [package for module, package in LIBRARIES.items() if find_spec(module) is None]:
        raise ConfigError(f"tokens need {' and '.join(missing)}: pip install 'stx-reconciler[oidc]'", str(path))
    said = read(path, WHAT)
    if not isinstance(said, dict):
        raise ConfigError("must hold issuer, audience and roles", str(path))
    try:
        found = Oidc.model_validate(said)
    except ValidationError as error:
        raise ConfigErrors(list(explained(error, str(path)))) from None
    bundle = found.ca_bundle and path.parent / found.ca_bundle
    return found.model_copy(update={"ca_bundle": bundle})
