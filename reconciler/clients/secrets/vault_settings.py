"""Where Vault or OpenBao is and who we are there: said by who runs the controller, in its environment, never by Git.

Names are those of `vault` and `bao` themselves where these have one (openbao/openbao api/client.go EnvVault…, where BAO_
stands before VAULT_).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from reconciler.clients.oidc_file import safe_url
from reconciler.clients.secrets.file import text_of
from reconciler.model.errors import ConfigError

PREFIXES = ("BAO_", "VAULT_")
FILE = "_FILE"
# Where a pod has its service account's token (kubernetes.io, "Configure Service Accounts for Pods")
SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/token"
SECRETS = ("TOKEN", "ROLE_ID", "SECRET_ID", "K8S_TOKEN")  # what lets us in, by variables
WAYS = "VAULT_TOKEN_FILE (or VAULT_TOKEN), VAULT_ROLE_ID_FILE (or VAULT_ROLE_ID) and VAULT_K8S_ROLE"


@dataclass(frozen=True, slots=True)
class Given:
    """A secret of ours: the variable that says it, and the file if it is in one, which is read at each use."""

    variable: str
    value: SecretStr | None = None
    file: Path | None = None

    def read(self) -> SecretStr:
        """Raises ConfigError."""
        if self.file:
            return SecretStr(text_of(self.file, self.variable))
        if self.value is None or not self.value.get_secret_value():
            raise ConfigError(f"{self.variable} is empty")
        return self.value


@dataclass(frozen=True, slots=True)
class ByToken:
    """A token that somebody else made: an agent's sink, a Secret."""

    token: Given


@dataclass(frozen=True, slots=True)
class ByAppRole:
    """A role id, and the secret id that most roles ask for."""

    role_id: Given
    secret_id: Given | None
    mount: str


@dataclass(frozen=True, slots=True)
class ByServiceAccount:
    """The token of the pod's Kubernetes service account; the kubelet renews its file, which the whole pod may read."""

    role: str
    file: Path
    mount: str

    def token(self) -> SecretStr:
        """Raises ConfigError."""
        try:
            return SecretStr(self.file.read_text(encoding="utf-8").strip())
        except OSError as error:
            raise ConfigError(f"VAULT_K8S_ROLE: {self.file} cannot be read: {error.strerror}") from None


Way = ByToken | ByAppRole | ByServiceAccount


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """One server, and us. ca_file: whom to trust; those of the machine without."""

    address: str
    way: Way
    namespace: str = ""
    ca_file: Path | None = None


def vault_settings(environ: Mapping[str, str]) -> VaultSettings:
    """What the controller's environment says. Raises ConfigError naming the variable."""
    ca_file = _said(environ, "CACERT")
    return VaultSettings(
        _address(_said(environ, "ADDR")), _way(environ), _said(environ, "NAMESPACE"), Path(ca_file) if ca_file else None
    )


def own_files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The files that let us in."""
    named = (_said(environ, f"{name}{FILE}") for name in SECRETS)
    return (*(Path(name) for name in named if name), Path(SERVICE_ACCOUNT))


def _said(environ: Mapping[str, str], name: str) -> str:
    return next((environ[prefix + name] for prefix in PREFIXES if environ.get(prefix + name)), "")


def _given(environ: Mapping[str, str], name: str) -> Given | None:
    variable = next((prefix + name for prefix in PREFIXES if environ.get(prefix + name)), f"VAULT_{name}")
    if file := _said(environ, name + FILE):
        return Given(f"VAULT_{name}{FILE}", file=Path(file))
    return Given(variable, SecretStr(environ[variable])) if variable in environ else None


def _address(text: str) -> str:
    if not text:
        raise ConfigError("nobody said where Vault is: set VAULT_ADDR")
    try:
        return safe_url(text).rstrip("/")
    except ValueError:
        wrong = "VAULT_ADDR must be https://HOST:PORT without user or query (http:// on loopback only)"
    raise ConfigError(wrong)


def _way(environ: Mapping[str, str]) -> Way:
    ways = [way for way in (_by_token(environ), _by_app_role(environ), _by_service_account(environ)) if way]
    if len(ways) != 1:
        wrong = "several say who we are to Vault: keep one" if ways else "nobody said who we are to Vault: set one"
        raise ConfigError(f"{wrong} of {WAYS}")
    return ways[0]


def _by_token(environ: Mapping[str, str]) -> ByToken | None:
    token = _given(environ, "TOKEN")
    return ByToken(token) if token else None


def _by_app_role(environ: Mapping[str, str]) -> ByAppRole | None:
    role_id = _given(environ, "ROLE_ID")
    mount = _said(environ, "APPROLE_MOUNT") or "approle"
    return ByAppRole(role_id, _given(environ, "SECRET_ID"), mount) if role_id else None


def _by_service_account(environ: Mapping[str, str]) -> ByServiceAccount | None:
    role, mount = _said(environ, "K8S_ROLE"), _said(environ, "K8S_MOUNT") or "kubernetes"
    return ByServiceAccount(role, Path(_said(environ, "K8S_TOKEN_FILE") or SERVICE_ACCOUNT), mount) if role else None
