"""Which sites are one case: equal in all that the platform may look at when it judges a change.

Of an inventory, the rows that matter are taken without what only names things: uuids and numbers of rows, MACs, the
site's own name. Of an address is kept what another address can be compared with: its family, its prefix, and how it
stands to each address that the change says. Two sites that differ in anything else are two cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import orjson

from reconciler.engine.preview import Preview, rows_of
from reconciler.model.change import Change
from reconciler.model.kind import Kinds
from reconciler.model.rows import Row, Rows
from reconciler.model.wire import change_json

Network = IPv4Network | IPv6Network

ALWAYS = frozenset({"isystems", "ihosts"})
# when a row was written, how long a host is up, and what people call things: nothing that a call is judged by
TOLD = frozenset(
    {"created_at", "updated_at", "uptime", "boottime"}
    | {"serialid", "serial_id", "device_wwn", "asset_tag"}
    | {"location", "description", "contact", "latitude", "longitude", "region_name"}
)
_NUMBER_OF_A_ROW = re.compile(r"id|for\w*id|(?!vlan_id)\w+_id")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)
_ADDRESS = re.compile(r"(?=[^/]*[.:])[0-9a-fA-F.:]{2,}(?:/\d{1,3})?")
_NOT_IN_ADDRESSES = re.compile(r"[^0-9a-fA-F.:/]+")


def likeness(one: Preview, inventory: Mapping[str, Any], kinds: Kinds) -> str:
    """Sixteen hex digits, equal where the change meets what is equal. Sites are told apart rather than confused."""
    rows, changed = rows_of(inventory), one.found.changes
    named = _Named(one.site, tuple(sorted(set(_said(changed)), key=str)))
    wanted = relevant(one, kinds)
    listed = {
        f"{name} {host}": [_row(row, named.of) for row in found] for (name, host), found in _ordered(rows, wanted)
    }
    return sha256(orjson.dumps(listed, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def relevant(one: Preview, kinds: Kinds) -> frozenset[str]:
    """The collections that matter to a change: those of its areas, and of what it refers to. To an unlock, all of them.

    But for what holds secrets: it is each site's own, and no change of it is tried.
    """
    areas = {kinds[c.key.kind].area for c in one.found.changes}
    kinds = {name: kind for name, kind in kinds.items() if not (kind.sealed and kind.sealed.is_whole_kind)}
    if one.plan.locked_hosts:
        return frozenset(c for kind in kinds.values() for c in kind.collections) | ALWAYS
    names = {name for name, kind in kinds.items() if kind.area in areas}
    while more := {to for name in names for to in kinds[name].references if to in kinds} - names:
        names |= more
    return frozenset(c for name in names for c in kinds[name].collections) | ALWAYS


def _ordered(rows: Rows, wanted: frozenset[str]) -> Iterator[tuple[tuple[str, str], tuple[Row, ...]]]:
    """Lists in one order on every site, so that what is named is numbered alike."""
    return ((place, found) for place, found in sorted(rows.listed.items()) if place[0] in wanted)


def _row(row: Row, named: Callable[[str], str]) -> Any:
    return {name: _plain(value, named) for name, value in sorted(row.items()) if not _only_tells(name, value)}


def _only_tells(name: str, value: Any) -> bool:
    return name in TOLD or _is_number_of_a_row(name, value) or _are_links(value)


def _is_number_of_a_row(name: str, value: Any) -> bool:
    return isinstance(value, int) and _NUMBER_OF_A_ROW.fullmatch(name) is not None


def _are_links(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping) and "href" in value[0]


def _plain(value: Any, named: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return named(value)
    if isinstance(value, Mapping):
        return {named(str(name)): _plain(member, named) for name, member in value.items()}
    return [_plain(member, named) for member in value] if isinstance(value, list | tuple) else value


@dataclass
class _Named:
    """Names of one site in the order in which they are met. said: the addresses of the change."""

    site: str
    said: tuple[Network, ...]
    met: dict[str, int] = field(default_factory=dict)

    def of(self, text: str) -> str:
        if _UUID.fullmatch(text) or _MAC.fullmatch(text):
            return f"<{self.met.setdefault(text, len(self.met))}>"
        if _ADDRESS.fullmatch(text) and (network := _network(text)):
            stands = "".join(_relation(network, other) for other in self.said)
            number = self.met.setdefault(text, len(self.met))
            return f"<{number} v{network.version}/{network.prefixlen} {stands}>"
        return text.replace(self.site, "<site>")


def _relation(one: Network, other: Network) -> str:
    """How an address stands to one of the change: equal, within, around, or apart."""
    if one.version != other.version:
        return "-"
    if one == other:
        return "="
    inside = one.subnet_of(other)  # type: ignore[arg-type]  # of one version, as was just seen
    return "<" if inside else ">" if other.subnet_of(one) else "-"  # type: ignore[arg-type]


@lru_cache(8192)
def _network(text: str) -> Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _said(changes: Iterable[Change[Any]]) -> Iterator[Network]:
    """The addresses that changes name or hold."""
    for change in changes:
        said = change_json(change)
        for text in _texts([change.key.name, said["desired"], said["fields"]]):
            found = map(_network, filter(_ADDRESS.fullmatch, _NOT_IN_ADDRESSES.split(text)))
            yield from filter(None, found)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for member in value.values() for text in _texts(member))
    elif isinstance(value, list | tuple):
        yield from (text for member in value for text in _texts(member))
