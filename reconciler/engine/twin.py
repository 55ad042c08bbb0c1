"""A twin of one site: a simulated system that shows what the site showed last, reached by our own clients, in no network.

Requests go from the client to the pure system as values, in virtual time. No secret comes near it: where documents
refer to one, the twin is given a placeholder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from reconciler.clients import PlatformClient
from reconciler.clients.http import USER_AGENT, Limits
from reconciler.clients.keystone import Token
from reconciler.clients.message import Answer, Request
from reconciler.engine.virtual_time import VirtualClock
from reconciler.model.errors import Busy, ConfigError, Refused
from reconciler.model.plan import Method
from reconciler.model.proof import HostToll, Refusal
from reconciler.model.rows import Row
from reconciler.model.secret import Document, SecretRef, Upload
from reconciler.simulator.exchange import Request as Asked
from reconciler.simulator.loading import load
from reconciler.simulator.sysinv import sysinv
from reconciler.simulator.sysinv.applications import FILES_UNKNOWN
from reconciler.simulator.system import System

URL = "http://twin"
PLACEHOLDER = SecretStr("Placeholder-1")  # with what password rules ask for
FOREVER = float("inf")


class Twin:
    """One system that nobody else reaches; `engine.remote.Platform`, with what was refused and what it cost."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.clock = VirtualClock(system.timeline.start.timestamp())
        self._client = PlatformClient(URL, _Direct(system, self.clock), _Tokens())
        self.refusals: list[Refusal] = []

    async def list(self, path: str, items: str) -> tuple[Row, ...]:
        return await self._client.list(path, items)

    async def get(self, path: str) -> Any:
        return await self._client.get(path)

    async def send(self, method: Method, path: str, body: Any) -> Any:
        """As the client does. Raises ConfigError for a file: what is in it is a secret."""
        try:
            return await self._client.send(method, path, without_secrets(body))
        except (Refused, Busy) as error:
            self.refusals.append(Refusal(method, path, error.status, error.fault, error.host))
            raise

    @property
    def tolls(self) -> tuple[HostToll, ...]:
        """What happened to its hosts by now, by name."""
        self.system.advance(self.clock.elapsed)
        counted = sorted(self.system.journal.hosts.items())
        return tuple(HostToll(name, n["lock"], n["reboot"], n["swact"]) for name, n in counted)

    @property
    def calls(self) -> int:
        """Writes that it was sent, refused ones too."""
        return len(self.system.journal.writes)


def twin_of(site: str, inventory: Mapping[str, Any]) -> Twin:
    """A twin of the site that showed this inventory."""
    system = load(System(site, sysinv()), inventory)
    system.marks.add(FILES_UNKNOWN)
    return Twin(system)


def without_secrets(body: Any) -> Any:
    """The body with a placeholder for each secret that it refers to. Raises ConfigError for a file."""
    if isinstance(body, SecretRef):
        return PLACEHOLDER
    if isinstance(body, Upload):
        raise ConfigError("a certificate or licence is a secret, and no secret is given to a twin")
    if isinstance(body, Document):
        return Document(without_secrets(body.content))
    if isinstance(body, Mapping):
        return {name: without_secrets(member) for name, member in body.items()}
    return [without_secrets(member) for member in body] if isinstance(body, list | tuple) else body


class _Direct:
    """`clients.platform.Way` into a system of this process; everything that is due by now has happened."""

    def __init__(self, system: System, clock: VirtualClock) -> None:
        self.site, self.limits = system.name, Limits()
        self._system, self._clock = system, clock

    async def exchange(self, request: Request) -> Answer:
        self._system.advance(self._clock.elapsed)
        said = self._system.handle(_asked(request))
        return Answer(said.status, said.content(), said.headers)


def _asked(request: Request) -> Asked:
    parts = urlsplit(request.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    headers = {"Accept": "application/json", "User-Agent": USER_AGENT, **request.headers}
    return Asked(request.method, parts.path, query, headers, request.body or b"", URL)


class _Tokens:
    """`clients.platform.Tokens` of a system that asks for none."""

    async def token(self) -> Token:
        return Token(SecretStr("token-of-a-twin"), FOREVER)

    async def renewed(self, rejected: Token) -> Token:
        return rejected
