"""Sites without an entry in the endpoints file: their services by rule, at the addresses that dcmanager says.

    derived:
      admin: {caBundle: ca/dc-adminep-root-ca.pem}
      oam:
        caBundle: ca/public.pem
        services: {usm: "https://{address}:15497"}

Only the ways that stand here are taken. URLs may be said otherwise, for a NAT or a lab: `{address}` is the site's own as
dcmanager says it, `{name}` its name. Credentials are those of the central cloud, unless `credentials` says others: users
and passwords are replicated to the subclouds (starlingx/distcloud dccommon/endpoint_cache.py takes the same for them).
`boards` is as in an entry, for the hosts of all these sites.

A password goes to whoever proves to be at an address, and addresses come from what people wrote: so a URL with
`{address}` is https, and its certificate is verified by CAs that are named here, never by those of the machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field, ValidationError, model_validator

from reconciler.clients.endpoints import (
    DERIVED,
    EVERY_HOST,
    BoardEntry,
    Credentials,
    Endpoint,
    reached,
    service_url,
    whole,
)
from reconciler.clients.own_file import Said, explained
from reconciler.model.board import BoardPlace
from reconciler.model.central import Subcloud
from reconciler.model.errors import ConfigError, ConfigErrors, Nowhere
from reconciler.model.words import Reach, Service

ADDRESS, NAME = "{address}", "{name}"
A_NAME, AN_ADDRESS = "a-site", "192.0.2.1"  # that templates are tried with


def _template(text: str) -> str:
    """A URL once its placeholders are filled. A name may not be a whole host: whoever names a site would choose it."""
    if unknown := [each for each in re.findall(r"\{[^}]*\}?|\}", text) if each not in (ADDRESS, NAME)]:
        raise ValueError(f"{unknown[0]} stands for nothing: there are {ADDRESS} and {NAME}")
    url = service_url(text.replace(ADDRESS, AN_ADDRESS).replace(NAME, A_NAME))
    if (urlsplit(url).hostname or "").endswith(A_NAME):
        raise ValueError(f"{NAME} needs a domain of yours behind it: whoever names a site would choose the host")
    if _goes_to_address(text) and not url.startswith("https:"):
        raise ValueError(f"a URL with {ADDRESS} must be https: who is there has to prove it before it gets a password")
    return text.rstrip("/")


def _goes_to_address(template: str) -> bool:
    return ADDRESS in template.split("/")[2]


Template = Annotated[str, AfterValidator(_template)]


class Way(Said):
    """How sites are reached by one of their addresses; what it does not say is as StarlingX has it."""

    auth_url: Template | None = Field(default=None, description="Keystone of a site, with or without /v3.")
    services: Mapping[Service, Template] = Field(
        default_factory=dict,
        description="URL of an owner API by its type; those that are not named are where they are.",
    )
    ca_bundle: Path | None = Field(
        default=None, description="CAs that the certificates of the sites are verified by, PEM."
    )


# admin: starlingx/distcloud dccommon/consts.py ENDPOINT_URLS. oam: starlingx/config sysinv/puppet/{keystone,inventory,
# fm,nfv,usm}.py, SERVICE_PORT and SERVICE_PUBLIC_PORT, at the OAM address (puppet/openstack.py _format_public_endpoint).
USUAL: Mapping[Reach, Way] = MappingProxyType(
    {
        Reach.ADMIN: Way(
            auth_url="https://{address}:5001/v3",
            services={
                Service.PLATFORM: "https://{address}:6386",
                Service.FAULT: "https://{address}:18003",
                Service.VIM: "https://{address}:4546",
                Service.USM: "https://{address}:5498",
            },
        ),
        Reach.OAM: Way(
            auth_url="https://{address}:5000/v3",
            services={
                Service.PLATFORM: "https://{address}:6385",
                Service.FAULT: "https://{address}:18002",
                Service.VIM: "https://{address}:4545",
                Service.USM: "https://{address}:15497",
            },
        ),
    }
)


class _Section(Said):
    """`derived`, as the file has it."""

    admin: Way | None = Field(default=None, description="By the address where the central cloud calls them.")
    oam: Way | None = Field(default=None, description="By the OAM address that each says of itself.")
    credentials: Credentials | None = Field(
        default=None, description="Who we are to the sites' Keystones; who we are to the central cloud's without."
    )
    boards: Mapping[str, BoardEntry] = Field(
        default_factory=dict, description="The hosts' board management controllers, by hostname; `*` is every host."
    )

    @model_validator(mode="after")
    def _boards_prove_themselves(self) -> _Section:
        every = self.boards.get(EVERY_HOST, BoardEntry())
        for host, entry in self.boards.items():
            said = {name: getattr(entry, name) or getattr(every, name) for name in BoardEntry.model_fields}
            at_address = ADDRESS in (said["url"] or ADDRESS)
            if said["credentials"] and at_address and not (said["ca_bundle"] or said["fingerprint"]):
                raise ValueError(
                    f"boards.{host} needs caBundle or fingerprint: Git says the address that these credentials go to"
                )
        return self

    @model_validator(mode="after")
    def _is_safe(self) -> _Section:
        said = {reach: getattr(self, reach) for reach in Reach}
        if not any(said.values()):
            raise ValueError("must say a way to the sites: admin, oam, or both")
        for reach, way in said.items():
            if way and not way.ca_bundle and any(map(_goes_to_address, _templates(_filled(reach, way)))):
                whose = "the distributed cloud's root CA" if reach is Reach.ADMIN else "that of the sites' certificates"
                raise ValueError(f"{reach} needs caBundle: {whose}")
        return self


def _filled(reach: Reach, way: Way) -> Way:
    """The way, with what StarlingX usually has where it says nothing."""
    usual = USUAL[reach]
    return Way(
        auth_url=way.auth_url or usual.auth_url,
        services={**usual.services, **way.services},
        ca_bundle=way.ca_bundle,
    )


def _templates(way: Way) -> tuple[str, ...]:
    return tuple(filter(None, (way.auth_url, *way.services.values())))


class Derived(Said):
    """The ways that an operator allows. A value: nothing is opened or resolved by it."""

    ways: Mapping[Reach, Way]
    credentials: Credentials | None = None
    boards: Mapping[str, BoardEntry] = Field(default_factory=dict)
    folder: Path = Path()  # of the endpoints file

    def reached(self, place: BoardPlace) -> BoardPlace:
        """The controller of a host of such a site as Git says it, with what is said of all."""
        return reached(place, self.boards)

    def way(self, site: str, wanted: Reach | None) -> Reach:
        """The way to a site: the one that Git says, else the only one, or that of the centre. Raises ConfigError."""
        if wanted is None:
            return Reach.ADMIN if Reach.ADMIN in self.ways else Reach.OAM
        if wanted not in self.ways:
            there = " and ".join(self.ways)
            raise ConfigError(
                f"{site}: Git says `reach: {wanted}`, and `{DERIVED}` of the endpoints file allows {there}: say "
                f"`{wanted}` there too, or `reach: {next(iter(self.ways))}` in Git"
            )
        return wanted

    def endpoint(self, reach: Reach, subcloud: Subcloud, address: str, centre: Endpoint) -> Endpoint:
        """A site's services, by a row of dcmanager. centre: whose row it is. Raises Nowhere where that has no address."""
        way = self.ways[reach]

        def filled(template: str) -> str:
            host = _in_url(subcloud.name, address) if ADDRESS in template else ""
            return template.replace(ADDRESS, host).replace(NAME, quote(subcloud.name, safe=""))

        who = Endpoint if self.credentials else type(centre)  # what Git says of credentials is read with care
        return who(
            name=subcloud.name,
            auth_url=filled(way.auth_url or ""),
            services={service: filled(url) for service, url in way.services.items()},
            region=subcloud.region,
            ca_bundle=way.ca_bundle,
            credentials=self.credentials or centre.credentials,
            folder=self.folder,
        )


def _in_url(site: str, address: str) -> str:
    """An address as it stands in a URL: IPv6 in brackets (starlingx/distcloud dccommon/utils.py)."""
    try:
        found = ip_address(address)
    except ValueError:
        said = f"{address!r}, which is none" if address else "none"
        raise Nowhere(site, f"dcmanager should say its address, and says {said}") from None
    return f"[{found}]" if found.version == 6 else str(found)


def load_derived(path: Path) -> Derived | None:
    """`derived` of an endpoints file; None where there is none. Raises ConfigErrors, or ConfigError."""
    said = whole(path).get(DERIVED)
    if said is None:
        return None
    try:
        section = _Section.model_validate(said)
    except ValidationError as error:
        raise ConfigErrors(explained(error, f"{path}: {DERIVED}")) from None
    ways = {reach: _filled(reach, way) for reach in Reach if (way := getattr(section, reach))}
    return Derived(ways=ways, credentials=section.credentials, boards=section.boards, folder=path.parent)
