"""What a site was sent, as a text that people review: one call a line, ids by the names of what they mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.journal import Journal
from reconciler.simulator.system import System

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# the columns by which people tell rows apart, the first that a row has
NAMES = ("hostname", "ifname", "lvm_vg_name", "device_path", "name")
HOSTS = ("ihost_uuid", "host_uuid", "forihostid")


@dataclass
class Callbook(Journal):
    """A journal that remembers what each id stood for when it was used: rows are renamed, and removed, by calls."""

    system: System | None = None
    lines: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)  # uuid -> (host, name)

    @classmethod
    def of(cls, system: System) -> Callbook:
        """A callbook that listens to the system from now on."""
        book = cls(system=system)
        book._look()
        system.journal = book
        return book

    def wrote(self, now: float, request: Request, response: Response) -> None:
        super().wrote(now, request, response)
        line = self._line(request)
        self._look()
        if response.status < 400:
            self.lines.append(line)
        else:
            self.refusals.append(json.loads(response.body["error_message"])["faultstring"])

    def _line(self, request: Request) -> str:
        body = json.loads(request.content) if request.content else None
        text = f"{request.path} {_body(body)}".rstrip()
        host = next((self._known[u][0] for u in UUID.findall(text) if self._known.get(u, ("",))[0]), "system")
        return f"{host} {request.method} {UUID.sub(lambda m: self._named(m[0]), text)}"

    def _named(self, uuid: str) -> str:
        return f"<{self._known[uuid][1]}>" if uuid in self._known else uuid

    def _look(self) -> None:
        """Name what has no name yet; interfaces anew, since their names are what calls change."""
        assert self.system is not None
        tables = self.system.tables
        hosts = {h[key]: h["hostname"] for h in tables.rows("ihosts") for key in ("uuid", "id")}
        for table in sorted(tables.names()):
            for row in tables.rows(table) if table != "inventory" else ():
                host = row["hostname"] if table == "ihosts" else next((hosts[row[n]] for n in HOSTS if row.get(n)), "")
                self._known[row["uuid"]] = host, " ".join(_words(table, row, host))


def _words(table: str, row: Mapping[str, Any], host: str) -> Iterator[str]:
    if table != "ihosts":
        yield table
    yield next((str(row[name]) for name in NAMES if row.get(name) is not None), str(row["id"]))
    if table == "interface_networks":
        yield f"on {row['network_name']}"
    if host and table != "ihosts":
        yield f"of {host}"


def _body(body: Any) -> str:
    """A patch as `attribute=value`, since all of them replace; anything else as JSON."""
    if isinstance(body, list) and all(op.keys() == {"op", "path", "value"} and op["op"] == "replace" for op in body):
        return " ".join(f"{op['path'].lstrip('/')}={json.dumps(op['value'], sort_keys=True)}" for op in body)
    return "" if body is None else json.dumps(body, sort_keys=True)
