"""The endpoints file: where each site's services are, and by which reference their password is found.

    endpoints:
      sc-0412:
        authUrl: https://[2001:db8::2]:5000/v3
        services: {platform: "https://[2001:db8::2]:6385"}
        caBundle: ca/sc-0412.pem
        credentials:
          username: admin
          password: {secretRef: "file:passwords/sc-0412"}
        boards:
          "*": {caBundle: ca/boards.pem}
          controller-0: {fingerprint: "3f:0a:…"}
    systemController: {...}
    derived: {...}

`boards` says what Git does not say of the hosts' board management controllers: whom to trust there, and who we are to
them where that is not who the installer is. `*` stands for every host; what a host's own entry says counts before it.

`systemController` is the central cloud, in the same form; it stands for that of fleet.yaml. Its services may name the
URL of dcmanager, which otherwise is asked for in its Keystone's catalogue, for `region`.

`derived` is how sites are reached that have no entry (clients/derived.py). An entry wins over it.

Paths are relative to the file. `control` belongs to the simulator and is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError

from reconciler.clients.own_file import Said, explained, read
from reconciler.clients.secrets import SecretReference, forget, off_the_loop, resolve
from reconciler.model.board import BoardPlace
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.reference import IN_WORDS
from reconciler.model.words import Service

PASSED_OVER = "control"
CENTRAL = "systemController"
EVERY_HOST = "*"
BOARD_FIELDS = frozenset(("host", "address", "name"))
DERIVED = "derived"
OWN_REGION = "RegionOne"  # unless it was given another (sysinv puppet/base.py DEFAULT_REGION_NAME)
CENTRAL_REGION = "SystemController"  # dcmanager is registered in this one (starlingx/config sysinv puppet/dcmanager.py)


def service_url(url: str) -> str:
    """The URL of a service, without a slash at its end. Raises ValueError for what must not stand in one."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a URL such as https://192.0.2.10:6385")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold no user, password, query or fragment: credentials are given by reference")
    return url.rstrip("/")


def _fingerprint(text: str) -> str:
    digits = text.replace(":", "").lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise ValueError("must be a SHA-256 fingerprint: 64 hexadecimal digits, colons between them if you like")
    return digits


def _board_url(url: str) -> str:
    if unknown := [name for name in re.findall(r"\{(.*?)\}", url) if name not in BOARD_FIELDS]:
        raise ValueError(f"knows no {{{unknown[0]}}}: {{host}}, {{address}} and {{name}}, the site's, are filled in")
    return service_url(url)


Url = Annotated[str, AfterValidator(service_url)]


class Password(Said):
    secret_ref: SecretReference = Field(description=f"{IN_WORDS}; a path is relative to the endpoints file.")


def _by_reference(said: Any) -> Any:
    if not isinstance(said, Mapping | Password):
        raise ValueError("must be a reference, as {secretRef: env:NAME} or {secretRef: file:PATH}, never the password")  # noqa: TRY004
    return said


class Credentials(Said):
    """Who we are to a site's Keystone; defaults as StarlingX sets up its administrator."""

    username: str = Field(description="Keystone user.")
    password: Annotated[Password, BeforeValidator(_by_reference)]
    project_name: str = Field(default="admin", description="Project that tokens are scoped to.")
    user_domain_name: str = Field(default="Default", description="Domain of the user.")
    project_domain_name: str = Field(default="Default", description="Domain of the project.")


class Keystone(Said):
    """What the file says of the central cloud: services that it does not name are in the catalogue."""

    auth_url: Url = Field(description="Keystone, with or without /v3.")
    services: Mapping[Service, Url] = Field(default_factory=dict, description="URL of each owner API by its type.")
    region: str = Field(
        default="",
        description="Region of the services; for a subcloud its region name: a system of another region is not taken for it.",
    )
    ca_bundle: Path | None = Field(default=None, description="CAs of this site, PEM; otherwise those of the machine.")
    credentials: Credentials


class BoardUser(Said):
    """Who we are to a controller: best one who may only read."""

    username: Annotated[str, Field(min_length=1)] = Field(description="User of the controller.")
    password: Annotated[Password, BeforeValidator(_by_reference)]


class BoardEntry(Said):
    """One host's board management controller: that there is one, and its address, are Git's to say."""

    url: Annotated[str, AfterValidator(_board_url)] | None = Field(
        default=None,
        description="Where its Redfish service is, if not at https://ADDRESS; {host}, {address} and {name}, the site's, are filled in.",
    )
    ca_bundle: Path | None = Field(default=None, description="CAs to trust there, PEM; those of the machine without.")
    fingerprint: Annotated[str, AfterValidator(_fingerprint)] = Field(
        default="", description="SHA-256 of its own certificate, trusted instead, whatever name that bears."
    )
    credentials: BoardUser | None = Field(default=None, description="Who we are there, if not whom Git names.")


class Entry(Keystone):
    """What the file says of one site, whose own catalogue names addresses that only the site can reach."""

    services: Mapping[Service, Url] = Field(min_length=1, description="URL of each owner API by its type.")
    boards: Mapping[str, BoardEntry] = Field(
        default_factory=dict, description="The hosts' board management controllers, by hostname; `*` is every host."
    )


class Endpoint(Keystone):
    """One site's services. A value: nothing is opened or resolved by it."""

    name: str
    folder: Path = Path()  # of the endpoints file
    boards: Mapping[str, BoardEntry] = Field(default_factory=dict)
    own_region: str = OWN_REGION  # of the services of a central cloud that are not its subclouds'

    @property
    def ca_file(self) -> Path | None:
        return self.folder / self.ca_bundle if self.ca_bundle else None

    def reached(self, place: BoardPlace) -> BoardPlace:
        """A host's controller as Git says it, with what this file says of it."""
        return reached(place, self.boards)

    def password(self) -> SecretStr:
        """The password as it is now. Raises ConfigError."""
        return resolve(self.credentials.password.secret_ref, self.folder)

    async def password_now(self) -> SecretStr:
        """The same, for an event loop: it is not kept from its work by a service that holds passwords."""
        return await off_the_loop(self.credentials.password.secret_ref, self.password)

    def forget_password(self) -> None:
        """It was not taken: whoever keeps it may have another by now."""
        forget(self.credentials.password.secret_ref, self.folder)

    def url(self, service: Service) -> str:
        """Where a service is. Raises ConfigError if the entry does not say."""
        if service not in self.services:
            raise ConfigError(f"endpoints.{self.name}.services has no {service}: add its URL to the endpoints file")
        return self.services[service]


def reached(place: BoardPlace, boards: Mapping[str, BoardEntry]) -> BoardPlace:
    """A host's controller as Git says it, with what these entries say of it, and of every host."""
    said: dict[str, Any] = {}
    for entry in filter(None, (boards.get(EVERY_HOST), boards.get(place.host))):
        said |= {name: value for name in entry.model_fields_set if (value := getattr(entry, name)) is not None}
    user = said.get("credentials")
    return replace(
        place,
        url=_filled(said.get("url", place.url), place),
        username=user.username if user else place.username,
        password=user.password.secret_ref if user else place.password,
        in_git=place.in_git and not user,
        ca_bundle=str(said.get("ca_bundle", place.ca_bundle)),
        fingerprint=said.get("fingerprint", place.fingerprint),
    )


def _filled(url: str, place: BoardPlace) -> str:
    address = urlsplit(place.url).hostname or ""
    bare = f"[{address}]" if ":" in address else address
    return url.replace("{host}", place.host).replace("{address}", bare).replace("{name}", place.site)


def load(path: Path) -> Mapping[str, Endpoint]:
    """Every entry of an endpoints file by its subcloud. Raises ConfigErrors naming all that is wrong, or ConfigError."""
    found: dict[str, Endpoint] = {}
    errors: list[ConfigError] = []
    for name, entry in _entries(path).items():
        try:
            found[name] = _endpoint(name, entry, path)
        except ValidationError as error:
            errors += explained(error, f"{path}: endpoints.{name}")
    if errors:
        raise ConfigErrors(errors)
    return found


def load_central(path: Path) -> Endpoint | None:
    """The central cloud, where an endpoints file names it. Raises ConfigErrors, or ConfigError."""
    entry = whole(path).get(CENTRAL)
    if entry is None:
        return None
    try:
        known = dict(Keystone.model_validate(entry))
    except ValidationError as error:
        raise ConfigErrors(explained(error, f"{path}: {CENTRAL}")) from None
    return Endpoint(name=CENTRAL, folder=path.parent, **{**known, "region": known["region"] or CENTRAL_REGION})


def _entries(path: Path) -> Mapping[str, Any]:
    entries = whole(path)["endpoints"]
    if odd := [n for n in entries if not isinstance(n, str)]:
        raise ConfigError(f"endpoints.{odd[0]}: YAML reads this name as a {type(odd[0]).__name__}; quote it", str(path))
    return dict(entries)


def whole(path: Path) -> Mapping[str, Any]:
    """An endpoints file as it stands, of known sections. Raises ConfigError."""
    found = read(path, "endpoints file")
    entries = found.get("endpoints", {} if DERIVED in found else None) if isinstance(found, dict) else None
    if not isinstance(entries, dict):
        message = f"must hold `endpoints:`, one entry for each subcloud, or `{DERIVED}:`, how they are reached without"
        raise ConfigError(message, str(path))
    if unknown := sorted(map(str, found.keys() - {"endpoints", CENTRAL, DERIVED, PASSED_OVER})):
        raise ConfigError(f"unknown key {', '.join(unknown)}; known are endpoints, {DERIVED} and {CENTRAL}", str(path))
    return {**found, "endpoints": entries}


def _endpoint(name: str, entry: Any, path: Path) -> Endpoint:
    said = {k: v for k, v in entry.items() if k != PASSED_OVER} if isinstance(entry, dict) else entry
    return Endpoint(name=name, folder=path.parent, **dict(Entry.model_validate(said)))
