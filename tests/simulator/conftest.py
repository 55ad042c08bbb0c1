"""Freshly bootstrapped systems of the three kinds, and a way to talk to them without HTTP."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from reconciler.simulator import build_repo, fleet
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.system import System

AGENT = {"User-Agent": "tests", "Accept": "application/json"}


class Api:
    """Requests to one system; ``ok`` wants a success and gives its body, ``refusal`` wants a fault."""

    def __init__(self, system: System) -> None:
        self.system = system

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Response:
        content = b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        pairs = dict(item.split("=", 1) for item in query.split("&") if item)
        return self.system.handle(Request(method, f"/v1{path}", pairs, AGENT if headers is None else headers, content))

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        response = self.send(method, path, body)
        assert response.status in {200, 204}, response.body
        return response.body

    def refusal(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        response = self.send(method, path, body)
        assert response.status >= 400, response.body
        return response.status, fault(response)

    def get(self, path: str) -> Any:
        return self.ok("GET", path)

    def patch(self, path: str, **values: Any) -> Any:
        return self.ok("PATCH", path, patch(**values))

    def act(self, host: str, action: str) -> Any:
        return self.patch(f"/ihosts/{host}", action=action)

    def host(self, name: str) -> dict[str, Any]:
        return self.get(f"/ihosts/{name}")

    def interface(self, host: str, name: str) -> dict[str, Any]:
        return next(row for row in self.get(f"/ihosts/{host}/iinterfaces")["iinterfaces"] if row["ifname"] == name)

    def network(self, kind: str) -> dict[str, Any]:
        return next(row for row in self.get("/networks")["networks"] if row["type"] == kind)


def patch(**values: Any) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": f"/{name}", "value": value} for name, value in values.items()]


def fault(response: Response) -> str:
    """The fault text inside the doubly encoded body."""
    return json.loads(response.body["error_message"])["faultstring"]


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> dict[str, System]:
    root = tmp_path_factory.mktemp("fleet") / "repo"
    fleet.write(root, 20)
    builders = build_repo.builders(root)
    kinds = {"simplex": "ran-", "duplex": "yard-", "standard": "plant-"}
    return {
        kind: builders[next(name for name in builders if name.startswith(start))]() for kind, start in kinds.items()
    }


@pytest.fixture
def simplex(built) -> Api:
    """An AIO-SX as bootstrap leaves it: its host locked and online."""
    return Api(deepcopy(built["simplex"]))


@pytest.fixture
def duplex(built) -> Api:
    return Api(deepcopy(built["duplex"]))


@pytest.fixture
def standard(built) -> Api:
    return Api(deepcopy(built["standard"]))


@pytest.fixture
def running(simplex) -> Api:
    """An AIO-SX that was given its OAM interface and unlocked."""
    give_oam(simplex, "controller-0")
    unlock(simplex, "controller-0")
    return simplex


@pytest.fixture
def pair(duplex) -> Api:
    """An AIO-DX with both controllers unlocked; controller-0 is active."""
    for host in ("controller-0", "controller-1"):
        give_networks(duplex, host)
        unlock(duplex, host)
    return duplex


def give_oam(api: Api, host: str) -> None:
    free = next(row for row in api.get(f"/ihosts/{host}/iinterfaces")["iinterfaces"] if row["ifclass"] is None)
    body = {"interface_uuid": free["uuid"], "network_uuid": api.network("oam")["uuid"]}
    api.ok("POST", "/interface_networks", body)


def give_networks(api: Api, host: str) -> None:
    """Management and cluster on an interface of their own where bootstrap put them on the loopback."""
    give_oam(api, host)
    rows = api.get(f"/ihosts/{host}/iinterfaces")["iinterfaces"]
    free = next(row for row in rows if row["ifclass"] is None)
    assigned = api.get(f"/ihosts/{host}/interface_networks")["interface_networks"]
    for kind in ("mgmt", "cluster-host"):
        old = [row for row in assigned if row["network_type"] == kind]
        if old and old[0]["ifname"] != "lo":
            free = api.interface(host, old[0]["ifname"])
            continue
        if old:
            api.ok("DELETE", f"/interface_networks/{old[0]['uuid']}")
        body = {"interface_uuid": free["uuid"], "network_uuid": api.network(kind)["uuid"]}
        api.ok("POST", "/interface_networks", body)


def unlock(api: Api, host: str) -> None:
    api.system.settle()
    api.act(host, "unlock")
    api.system.settle()
    assert api.host(host)["availability"] == "available"
