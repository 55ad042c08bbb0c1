"""yaml-language-server, as an editor talks to it (Language Server Protocol 3.17, over its standard streams)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

PROGRAM = "yaml-language-server"
SETTINGS = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
COMPLETION = {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}}
ABLE = {"textDocument": {"completion": COMPLETION, "hover": {"contentFormat": ["markdown"]}}}


@dataclass
class Editor:
    """One session. A text's cursor is `|`."""

    process: subprocess.Popen[bytes]
    numbers: Iterator[int] = field(default_factory=count)

    def complaints(self, path: Path, text: str) -> list[tuple[int, str]]:
        """(line, message) for what the server marks in a file of this text."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        answer = self._until(lambda m: m.get("params", {}).get("uri") == uri and "diagnostics" in m["params"])
        return [(d["range"]["start"]["line"] + 1, d["message"]) for d in answer["params"]["diagnostics"]]

    def offered(self, path: Path, text: str) -> set[str]:
        """What it offers at the cursor."""
        found = self._asked("textDocument/completion", path, text)
        return {item["label"] for item in found["items"]}

    def told(self, path: Path, text: str) -> str:
        """What it tells of the word at the cursor."""
        return str(self._asked("textDocument/hover", path, text)["contents"]["value"])

    def _asked(self, method: str, path: Path, text: str) -> Any:
        before, _, after = text.partition("|")
        self.complaints(path, before + after)
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return self.call(method, {"textDocument": {"uri": path.as_uri()}, "position": position})

    def call(self, method: str, params: Any) -> Any:
        number = next(self.numbers)
        self.send({"id": number, "method": method, "params": params})
        return self._until(lambda m: m.get("id") == number and "method" not in m)["result"]

    def _until(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while not is_it(message := self._read()):
            if "id" in message and "method" in message:  # it asks for our settings
                answer = [SETTINGS] if message["method"] == "workspace/configuration" else None
                self.send({"id": message["id"], "result": answer})
        return message

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        head = b"".join(iter(self.process.stdout.readline, b"\r\n"))
        return json.loads(self.process.stdout.read(int(head.split(b":")[1].split()[0])))


@contextmanager
def editor(root: Path) -> Iterator[Editor]:
    pipe = subprocess.PIPE
    with subprocess.Popen([PROGRAM, "--stdio"], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
        try:
            session = Editor(process)
            session.call("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": ABLE})
            for method, params in (
                ("initialized", {}),
                ("workspace/didChangeConfiguration", {"settings": {"yaml": SETTINGS}}),
            ):
                session.send({"method": method, "params": params})
            yield session
        finally:
            process.terminate()
