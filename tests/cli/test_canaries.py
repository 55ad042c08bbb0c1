"""Commands over a site that repeats all it is sent, and secrets where they do not belong: none is in what is printed."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

import pytest

from reconciler.simulator.interference import Rule, Trouble
from tests.authorities import authority, made
from tests.canaries import Canary, Given, below, found
from tests.cli.conftest import EXAMPLE
from tests.cli.serving import serving
from tests.desired.writing import document
from tests.e2e.ottawa import OTTAWA, OWN, SETTINGS
from tests.sources.history import History

ECHO = "repeated:"
DOCUMENTS = document(
    "System", "ottawa", "  certificates: [{type: ssl, secret: gui}]\n  license: {secret: paper}"
) + document(
    "HostProfile",
    "ran-server",
    "  boardManagement: {type: redfish, address: 10.30.0.1, credentials: {password: {secret: bmc}}}",
)
COMMANDS = (
    ("validate", "--all"),
    ("render", OTTAWA, "--explain"),
    ("plan", "--all", "--calls"),
    ("plan", "--all", "--format", "json"),
    ("apply", "--all", "--yes", "--format", "json"),
    ("status", "--format", "json"),
    ("history", OTTAWA, "--format", "json"),
    ("drift", "--format", "json"),
    ("inventory", "--all", "-o", "-"),
    ("adopt", OTTAWA, "--into", "new"),
)


@pytest.fixture
def clone(tmp_path):
    """A clone of the example with one site."""
    history = History(tmp_path / "clone")
    for part in ("fleet.yaml", "profiles", f"subclouds/{OTTAWA}"):
        whole = EXAMPLE / part
        (shutil.copytree if whole.is_dir() else shutil.copy)(whole, history.folder / part)
    history.commit({}, subject="The fleet")
    return history


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


@contextmanager
def repeating(tmp_path, clone, monkeypatch):
    """The example's site behind sockets, repeating what it is sent, and the canaries that Git leads to."""
    leaf, vault = made("platform", authority()), tmp_path / "vault"
    canaries = {name: Canary(name) for name in ("bmc", "paper")} | {"key": Given("key", leaf.key)}
    for name, text in (("paper", canaries["paper"].value), ("leaf.pem", leaf.pem), ("leaf.key", leaf.key)):
        put(vault / name, text)
    monkeypatch.setenv("SITE_BMC", canaries["bmc"].value)
    with serving(tmp_path / "endpoints.yaml", repo=clone.folder, speed=5000.0) as server:
        canaries["site"] = Given("site", (tmp_path / "endpoints.password").read_text())
        secrets = f"""
secrets:
  bmc: {{username: root, secretRef: 'env:SITE_BMC'}}
  gui: {{secretRef: 'file:{vault}/leaf.pem', keyRef: 'file:{vault}/leaf.key'}}
  paper: {{secretRef: 'file:{vault}/paper'}}
"""
        clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text() + secrets, OWN: DOCUMENTS})
        monkeypatch.setenv("STXR_REPO", str(clone.folder))
        monkeypatch.setenv("STXR_ENDPOINTS", str(tmp_path / "endpoints.yaml"))
        monkeypatch.setenv("STXR_STATE", str(tmp_path / "state"))
        yield server.sites[OTTAWA], canaries


REFUSALS = {
    "writes": Rule(Trouble.ECHO, "POST|PATCH|PUT", "/platform/.*", count=None, status=400, text=ECHO),
    "tokens": Rule(Trouble.ECHO, "POST", "/identity/.*", count=None, status=400, text=ECHO),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_no_command_tells_a_secret_that_a_site_repeats(stxr, tmp_path, clone, monkeypatch, what):
    with repeating(tmp_path, clone, monkeypatch) as (site, canaries):
        site.interference.rules.append(REFUSALS[what])
        ended = {words: stxr(*words) for words in COMMANDS}
    said = {" ".join(words): (each.out + each.err).encode() for words, each in ended.items()}
    assert any(ECHO.encode() in text for text in said.values())
    left = below(tmp_path / "state") | below(tmp_path / "here")
    assert found(canaries, said | left) == []


def in_clear(clone, folder, where, value):
    """Puts it where a reference belongs; the commands that read that."""
    quoted, base = "'" + value.replace("'", "''") + "'", f"subclouds/{OTTAWA}"
    login = f"credentials: {{username: admin, password: {quoted}}}"
    cloud = f"authUrl: 'https://192.0.2.1:5000/v3', {login}"
    own = {
        "secretRef": (SETTINGS, f"secrets: {{bmc: {{username: root, secretRef: {quoted}}}}}\n"),
        "secretRef of a scheme": (SETTINGS, f"secrets: {{bmc: {{username: root, secretRef: {'env:' + value!r}}}}}\n"),
        "unknown key": (SETTINGS, f"bmPassword: {quoted}\n"),
        "unknown secret key": (SETTINGS, f"secrets: {{bmc: {{username: root, password: {quoted}}}}}\n"),
        "install-values": (f"{base}/install-values.yaml", f"bmc_password: {quoted}\n"),
        "bootstrap-values": (f"{base}/bootstrap-values.yaml", f"docker: {{defaults: {{password: {quoted}}}}}\n"),
        "Secret": (
            OWN,
            f"---\napiVersion: v1\nkind: Secret\nmetadata: {{name: bmc}}\nstringData: {{password: {quoted}}}\n",
        ),
        "fleet.yaml": ("fleet.yaml", f"systemController: {{{cloud}}}\n"),
    }
    if where in own:
        name, text = own[where]
        path = clone.folder / name
        clone.commit({name: (path.read_text() if path.exists() else "") + text})
        looks = (("validate", "--all"), ("validate", "--all", "--format", "json"), ("render", OTTAWA, "--explain"))
        return (*looks, ("plan", "--base", "HEAD~1", "--head", "HEAD"))
    entry = f"{{{cloud}, services: {{platform: 'https://192.0.2.1:6385'}}}}"
    files = {
        "endpoints": ("e.yaml", f"endpoints: {{{OTTAWA}: {entry}}}\n"),
        "notifications": ("n.yaml", f"notifiers: [{{name: a, type: slack, url: {quoted}}}]\n"),
        "forge": ("f.yaml", f"type: github\nproject: a/b\ntoken: {quoted}\n"),
        "forge by reference": ("f.yaml", f"type: github\nproject: a/b\ntoken: {{secretRef: {quoted}}}\n"),
    }
    name, text = files[where]
    put(folder / "e.yaml", "endpoints: {}\n")
    put(folder / name, text)
    return {
        "endpoints": (("plan", "--all"), ("apply", "--all", "--yes")),
        "notifications": (("run", "--notifications", folder / "n.yaml"),),
    }.get(where, (("run", "--forge", folder / "f.yaml"),))


PLACES = ("secretRef", "secretRef of a scheme", "unknown key", "unknown secret key", "install-values", "bootstrap-values",
          "Secret", "fleet.yaml", "endpoints", "notifications", "forge", "forge by reference")  # fmt: skip


TAKEN = {"Secret", "install-values", "bootstrap-values"}  # the files of others: with a warning, or only where we deploy


@pytest.mark.parametrize("where", PLACES)
def test_a_secret_where_a_reference_belongs_is_refused_and_not_repeated(stxr, tmp_path, clone, monkeypatch, where):
    canary = Canary(where)
    monkeypatch.setenv("STXR_REPO", str(clone.folder))
    monkeypatch.setenv("STXR_ENDPOINTS", str(tmp_path / "e.yaml"))
    monkeypatch.setenv("STXR_STATE", str(tmp_path / "state"))
    commands = in_clear(clone, tmp_path, where, canary.value)
    ended = [stxr(*words) for words in commands]
    assert where in TAKEN or any(each.code for each in ended)
    said = {str(words): (each.out + each.err).encode() for words, each in zip(commands, ended, strict=True)}
    mirrors = below(tmp_path / "state") if (tmp_path / "state").exists() else {}
    kept = {name: data for name, data in mirrors.items() if "/objects/" not in name}
    assert found({where: canary}, said | kept) == []


@pytest.mark.parametrize(
    "url", ["postgresql://stxr:{}@127.0.0.1:1/stxr", "postgres ql://stxr:{}@x/y", "mysql://a:{}@b", "{}"]
)
def test_the_password_in_a_database_s_url_is_not_repeated(stxr, tmp_path, clone, monkeypatch, url):
    canary = Canary("database")
    monkeypatch.setenv("STXR_REPO", str(clone.folder))
    monkeypatch.setenv("STXR_DATABASE", url.format("".join(canary.ends)))
    put(tmp_path / "e.yaml", "endpoints: {}\n")
    for words in (("status",), ("run", "--endpoints", tmp_path / "e.yaml", "--listen", "127.0.0.1:0")):
        ended = stxr(*words)
        assert ended.code
        assert found({"database": canary}, {str(words): (ended.out + ended.err).encode()}) == []
