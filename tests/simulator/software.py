"""Ways to talk to the software management and to the VIM of a simulated system without HTTP."""

from __future__ import annotations

import json
from typing import Any

from reconciler.simulator import usm, vim
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.system import System
from reconciler.simulator.usm import releases

BODY = {
    "controller-apply-type": "serial",
    "storage-apply-type": "serial",
    "worker-apply-type": "serial",
    "default-instance-action": "stop-start",
    "alarm-restrictions": "relaxed",
}


class Software:
    """Requests to one system's software management: `said` gives the body of whatever status."""

    def __init__(self, system: System) -> None:
        self.system = system

    def send(self, method: str, path: str, body: Any = None) -> Response:
        content = b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        pairs = dict(item.split("=", 1) for item in query.split("&") if item)
        return usm.handle(self.system, Request(method, f"/v1/{path}", pairs, {}, content))

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.send(method, path, body)
        assert answer.status == 200, answer.body
        return answer.body

    def refusal(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = self.send(method, path, body)
        assert answer.status >= 400, answer.body
        return answer.status, answer.body["error"]

    def upload(self, version: str, **facts: Any) -> str:
        """The id of a release that is available now."""
        releases.fill(self.system)
        row = releases.put(self.system, version, **facts)
        return f"starlingx-{row['sw_version']}"

    def states(self) -> dict[str, str]:
        return {row["release_id"]: row["state"] for row in self.ok("GET", "release")}

    def deploy(self) -> str:
        """The state of the deployment, "" where there is none."""
        rows = self.ok("GET", "deploy")
        return rows[0]["state"] if rows else ""

    def hosts(self) -> dict[str, str]:
        return {row["hostname"]: row["host_state"] for row in self.ok("GET", "deploy_host")}


class Vim:
    """Requests to one system's VIM."""

    def __init__(self, system: System) -> None:
        self.system = system

    def send(self, method: str, path: str, body: Any = None) -> Response:
        content = b"" if body is None else json.dumps(body).encode()
        return vim.handle(self.system, Request(method, f"/api/orchestration/{path}", {}, {}, content))

    def strategy(self, name: str = "sw-upgrade") -> Any:
        answer = self.send("GET", f"{name}/strategy")
        assert answer.status == 200, answer.body
        return answer.body["strategy"]

    def create(self, name: str = "sw-upgrade", **said: Any) -> Any:
        """The strategy as it stands once it has been built."""
        answer = self.send("POST", f"{name}/strategy", {**BODY, **{k.replace("_", "-"): v for k, v in said.items()}})
        assert answer.status == 200, answer.body
        self.system.settle()
        return self.strategy(name)

    def apply(self, name: str = "sw-upgrade") -> Any:
        """The strategy as it stands once it has ended."""
        answer = self.send("POST", f"{name}/strategy/actions", {"action": "apply-all"})
        assert answer.status == 202, answer.body
        self.system.settle()
        return self.strategy(name)
