"""A canary wherever a running controller has a secret, services that repeat all they are sent, and a search of what it says.

Looked through are its log, every file of its state folder, its database (on PostgreSQL every table of every schema, and
what the server wrote down of each statement), metrics, each answer of the API, and the messages to people. The places are
the rows of tests/secret_places.py, and each of them was read. What commands print is searched in tests/cli/test_canaries.py;
git over https in tests/sources/test_access.py.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path

import aiohttp
import pytest
import yaml

from reconciler import app
from reconciler.clients import SYSTEM_CLOCK
from reconciler.clients.forges import load_forge
from reconciler.engine.due import Schedule
from reconciler.model.role import Role
from reconciler.model.words import Result
from reconciler.simulator import endpoints
from reconciler.simulator.build_repo import boards_of, builders
from reconciler.simulator.interference import Rule, Trouble
from reconciler.simulator.server import ServerOptions, serve
from reconciler.simulator.sysinv.certificates import ABANDONED
from tests.authorities import authority, made
from tests.canaries import Canary, Given, found
from tests.desired.writing import document
from tests.e2e.lifecycle import FOLDER, NEW, asked_for, racked
from tests.e2e.ottawa import OTTAWA, OWN, SETTINGS
from tests.e2e.repeating import ECHO, Postbox, Repeating
from tests.e2e.searching import DATABASE, database, kept, put, read
from tests.e2e.world import QUICK_PACE, SPEED, World
from tests.faults.controlled import until
from tests.secret_places import CONTROLLER, ONBOARDING, canaries_of
from tests.sops import Sealer
from tests.sources.history import History
from tests.store.conftest import empty_database, postgresql
from tests.vaults import Bao, bao

__all__ = ["database", "empty_database", "postgresql", "read"]  # fixtures
pytestmark = pytest.mark.xdist_group("dbos")
PLACES = (
    "site", "bmc", "paper", "registry", "chart", "backup", "api-token", "webhook-secret", "webhook-url", "webhook-key",
    "slack-url", "teams-url", "alertmanager-token", "mail-password", "forge-token",
)  # fmt: skip
DOCUMENTS = document(
    "System", "ottawa", "  certificates: [{type: ssl, secret: gui}]\n  license: {secret: paper}"
) + document(
    "HostProfile",
    "ran-server",
    "  boardManagement: {type: redfish, address: 10.30.0.1, credentials: {password: {secret: bmc}}}",
)
REGISTRY = "docker_registries: {defaults: {username: ran, password: {secretRef: 'env:REGISTRY'}}}\n"
SEALED = f"subclouds/{OTTAWA}/secrets.enc.json"
BOOTSTRAP = f"subclouds/{OTTAWA}/bootstrap-values.yaml"
APPLICATION = 'system: {{applications: {{snmp: {{version: "24.09-3", state: applied{}}}}}}}\n'
CHARTS = ", charts: {snmp: {kube-system: {values: {auth_token: {secretRef: env:CHART}}}}}"
BOARD = "hosts: {controller-0: {board: {secureBoot: false}}}\n"


@pytest.fixture(scope="module")
def vault(tmp_path_factory) -> Bao:
    with bao(tmp_path_factory.mktemp("bao")) as server:
        yield server


@dataclass
class Scene:
    """A site in service, where its secrets are, and what was said until now. places: canary -> the reference to it."""

    world: World
    clone: History
    keeps: Path
    canaries: dict[str, Canary]
    places: dict[str, str]
    said: dict[str, bytes] = field(default_factory=dict)

    def secret(self, name: str, text: str = "") -> dict[str, str]:
        """Put into a file; a reference to it."""
        put(self.keeps / name, text or self.canaries[name].value)
        self.places[name] = f"file:{self.keeps / name}"
        return {"secretRef": self.places[name]}

    def repeats(self) -> None:
        """The site refuses each write, and repeats it; of reads and tokens the first."""
        self.world.site(OTTAWA).interference.rules += [
            Rule(Trouble.ECHO, "POST|PATCH|PUT", "/platform/.*", count=None, status=400, text=ECHO),
            Rule(Trouble.ECHO, "POST", "/identity/.*", count=2, status=400, text=ECHO),
            Rule(Trouble.ECHO, "GET", "/platform/v1/intp.*", count=2, status=500, text=ECHO),
        ]
        self.world.server.central.interference.rules.append(
            Rule(Trouble.ECHO, "POST", ".*/subcloud-backup", count=None, status=400, text=ECHO)
        )

    def gives_in(self) -> None:
        """The site takes what it is sent."""
        self.world.site(OTTAWA).interference.rules.clear()

    def leaks(self) -> list[str]:
        left = kept(self.world.state, self.world.database)
        tables = {row[1] for name in left if (row := re.search(r"[ .](\w+) \d+$", name))}
        assert {"verdicts", "history", "workflow_status", "operation_outputs"} <= tables  # ours, and the workflows' own
        return found(self.canaries, self.said | left)


@pytest.fixture
def scene(git, tmp_path, vault, database, environment):
    """An opener: a site in service, and a commit that needs a secret of each kind of reference."""

    @asynccontextmanager
    async def scene() -> AsyncIterator[Scene]:
        clone, keeps, sealer, leaf = git(OTTAWA), tmp_path / "keeps", Sealer.new(), made("platform", authority())
        canaries = {place: Canary(place) for place in PLACES}
        token = vault.token()
        canaries |= {"key": Given("key", leaf.key), "vault": Given("vault", token), "age": Given("age", sealer.key)}
        canaries["database"] = DATABASE
        vault.keep("ran/ottawa", password=canaries["site"].value, paper=canaries["paper"].value)
        put(keeps / "leaf.pem", leaf.pem)
        ours = {"SOPS_AGE_KEY_FILE": str(put(keeps / "age", sealer.key)), **vault.environ(VAULT_TOKEN=token)}
        known = {name.upper(): canaries[name].value for name in ("registry", "chart")}
        environment({**ours, **known, "SITE_KEY": leaf.key})
        (tmp_path / "scratch").mkdir()
        clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text() + APPLICATION.format("")})
        async with simulated(clone, tmp_path / "scratch", canaries["site"].value, database) as world:
            assert (await world.applied(OTTAWA)).is_done
            world.site(OTTAWA).system.marks.add(f"{ABANDONED}ssl")  # or its own cert-manager would keep ours out
            sealed = sealer.sealed({"password": canaries["bmc"].value})
            it = Scene(world, clone, keeps, canaries, dict(PLACED))
            clone.commit({**needing(clone, keeps, it.secret("backup")["secretRef"]), SEALED: sealed})
            yield it

    return scene


PLACED = {"site": "vault:secret/ran/ottawa#password", "bmc": f"sops:{SEALED}#password", "key": "env:SITE_KEY",
          "chart": "env:CHART", "paper": "vault:secret/ran/ottawa#paper"}  # fmt: skip


@asynccontextmanager
async def simulated(clone: History, scratch: Path, password: str, database: str) -> AsyncIterator[World]:
    """The site behind sockets; its password, that of its board, and that of the central cloud, are in Vault."""
    systems, where = builders(clone.folder), scratch / "endpoints.yaml"
    options = ServerOptions(SPEED, password, boards=partial(boards_of, clone.folder, password))
    async with serve(systems, options=options) as server:
        endpoints.write(where, server.url, systems, password)
        at_hand = f"file:{(scratch / 'endpoints.password').resolve()}"
        put(where, where.read_text().replace(at_hand, PLACED["site"]))
        yield World(clone.folder, scratch / "state", where, server, SYSTEM_CLOCK, QUICK_PACE, database)


def needing(clone: History, keeps: Path, backup: str) -> dict[str, str]:
    """A commit for each document that says where a secret is."""
    settings = (clone.folder / SETTINGS).read_text().replace(APPLICATION.format(""), APPLICATION.format(CHARTS))
    settings += f"{BOARD}backup: {{schedule: every 24h, keep: local, sysadmin: {{secretRef: '{backup}'}}}}\n"
    secrets = f"""
secrets:
  bmc: {{username: root, secretRef: 'sops:{SEALED}#password'}}
  gui: {{secretRef: 'file:{keeps}/leaf.pem', keyRef: 'env:SITE_KEY'}}
  paper: {{secretRef: '{PLACED["paper"]}'}}
"""
    bootstrap = (clone.folder / BOOTSTRAP).read_text() if (clone.folder / BOOTSTRAP).exists() else ""
    return {SETTINGS: settings + secrets, OWN: DOCUMENTS, BOOTSTRAP: bootstrap + REGISTRY}


def listeners(it: Scene, url: str, port: int) -> tuple[Path, Path]:
    """The files of who is told and of where pull requests are."""

    def address(name: str) -> dict[str, str]:
        first, second = it.canaries[name].ends
        return it.secret(name, f"{url}/{first}/x?key={second}")

    mail = {"host": "127.0.0.1", "port": port, "security": "none", "username": "stxr", "sender": "a@example.com"}
    said = [
        {"type": "webhook", "url": address("webhook-url"), "signingKey": it.secret("webhook-key")},
        {"type": "slack", "url": address("slack-url")},
        {"type": "teams", "url": address("teams-url")},
        {"type": "alertmanager", "url": url, "token": it.secret("alertmanager-token")},
        {"type": "mail", "password": it.secret("mail-password"), "recipients": ["b@example.com"], **mail},
    ]
    named = [{"name": one["type"], "least": "info", "every": 1, **one} for one in said]
    forge = {"type": "github", "url": url, "project": "ran/sites", "token": it.secret("forge-token")}
    tell = put(it.keeps / "notifications.yaml", yaml.safe_dump({"notifiers": named}))
    return tell, put(it.keeps / "forge.yaml", yaml.safe_dump(forge))


def options(it: Scene, url: str, port: int) -> app.Running:
    tell, forge = listeners(it, url, port)
    secrets = (it.canaries["webhook-secret"].value,)
    return app.Running(
        str(it.clone.folder),
        "",
        it.world.endpoints,
        it.world.state,
        app.Listen("127.0.0.1", 0, it.canaries["api-token"].value, webhook_secrets=secrets),
        branch="main",
        schedule=Schedule(observe_s=1.0),
        pace=QUICK_PACE,
        poll_s=1.0,
        workflow_poll_s=0.1,
        notifications=tell,
        forge=load_forge(forge),
        database=it.world.database,
        backups_s=0.1,
    )


def told(repeating: Repeating, it: Scene) -> bool:
    """Whether every server of messages, and the forge, was asked."""
    asked = "\n".join(repeating.asked)
    names = ("webhook-url", "slack-url", "teams-url", "alertmanager-token", "forge-token")
    return all(it.canaries[name].ends[0] in asked for name in names)


async def ask(it: Scene, api: str, names: dict[str, str]) -> None:
    """Every GET that the API describes: with the token, with a wrong one, and pushes that are signed wrongly."""
    token = it.canaries["api-token"].value
    async with aiohttp.ClientSession() as session:

        async def get(path: str, bearer: str, **headers: str) -> dict[str, object]:
            sent = {"Authorization": f"Bearer {bearer}", **headers}
            async with session.get(f"{api}{path}", headers=sent) as answer:
                content = await answer.read()
                it.said[f"GET {path} {answer.status} {headers}"] = content + repr(answer.headers).encode()
                return await answer.json(content_type=None) if path == "/openapi.json" else {"status": answer.status}

        described = await get("/openapi.json", token)
        paths = [path for path, methods in described["paths"].items() if "get" in methods]
        assert len(paths) > 20
        answered = {}
        for path, bearer in product(paths, (token, f"{token}x")):
            filled = path
            for name, value in names.items():
                filled = filled.replace(f"{{{name}}}", value)
            query = f"?group={names['group']}" if path == "/metrics/hosts" else ""
            answered[path, bearer] = (await get(filled + query, bearer))["status"]
        assert [path for (path, bearer), status in answered.items() if bearer == token and status >= 500] == []
        assert answered["/api/v1/reviews/{id}", token] == 200
        await get(f"/api/v1/reviews/{names['id']}", token, Accept="text/markdown")
        signed = {"X-GitHub-Event": "push", "X-Hub-Signature-256": f"sha256={token}"}
        async with session.post(f"{api}/api/v1/webhooks/git", data=b"{}", headers=signed) as answer:
            it.said["webhook"] = await answer.read()


async def reviewed(it: Scene, api: str, bearer: str) -> str:
    """Have what the commit does reviewed; the review's id."""
    headers = {"Authorization": f"Bearer {bearer}"}
    commits = {"base": it.clone.git("rev-parse", "HEAD~1"), "head": it.clone.head()}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{api}/api/v1/reviews", json=commits) as answer:
            assert answer.status == 202, await answer.text()
            review = (await answer.json())["id"]

        async def is_there() -> bool:
            async with session.get(f"{api}/api/v1/reviews/{review}") as answer:
                return answer.status == 200

        for _ in range(3000):
            if await is_there():
                return review
    raise AssertionError("no review was made")


@pytest.fixture
def printed(capfd):
    """What the process prints. The log of workflows is written to where it was opened first, which is gone afterwards."""
    yield capfd
    logging.getLogger("dbos").handlers.clear()


@pytest.mark.slow
async def test_a_controller_tells_no_secret_of_services_that_repeat_all_they_are_sent(scene, printed, read):
    async with scene() as it, (repeating := Repeating()).served() as url, (box := Postbox()).served() as port:
        it.repeats()
        async with app.controller(options(it, url, port)) as started:
            known = started.controller
            await until(lambda: OTTAWA in known.verdicts and ECHO in known.verdicts[OTTAWA].message)
            await until(lambda: box.given and told(repeating, it))
            token = known.store.tokens.add("night-shift", Role.OPERATOR, "root")
            review = await reviewed(it, started.url, token)
            names = {"name": OTTAWA, "site": OTTAWA, "id": review, "group": known.verdicts[OTTAWA].group}
            await ask(it, started.url, names)
            it.gives_in()
            await until(lambda: {d.kind for d in known.verdicts[OTTAWA].differences} == {"bootstrap-values"})
            await until(lambda: it.places["backup"] in read)
            await ask(it, started.url, names)
        out, err = printed.readouterr()
        it.said |= {"out": out.encode(), "err": err.encode(), "messages": b"\n".join(repeating.bodies)}
        assert ECHO in out + err
        assert box.given[0] == it.canaries["mail-password"].value
        assert set(it.places.values()) <= read
        assert canaries_of(CONTROLLER) <= it.canaries.keys()
        assert it.leaks() == []


@pytest.fixture
def environment(monkeypatch):
    """Set variables for the test."""

    def environment(values: dict[str, str]) -> None:
        for name, text in values.items():
            monkeypatch.setenv(name, text)

    return environment


PHASES = ("POST /dcmanager/v1.0/phased-subcloud-deploy", "PATCH .*/install", "PATCH .*/bootstrap", "PATCH .*/complete")


async def test_nothing_is_told_of_the_passwords_of_a_new_site_that_dcmanager_repeats(
    git, opened, environment, database, read
):
    clone, canaries = git(NEW), {kind: Canary(kind) for kind in ("sysadmin", "board", "registry", "install")}
    secrets = clone.folder.parent / "secrets"
    asked_for(clone, secrets)
    for kind in ("sysadmin", "board"):
        put(secrets / f"{NEW}.{kind}", canaries[kind].value)
    environment({kind.upper(): canaries[kind].value for kind in ("registry", "install")})
    more = {"bootstrap-values.yaml": REGISTRY, "install-values.yaml": "proxy_password: {secretRef: env:INSTALL}\n"}
    clone.commit({f"{FOLDER}/{name}": (clone.folder / FOLDER / name).read_text() + text for name, text in more.items()})
    said: list[str] = []
    ended: list[str] = []
    async with opened(clone, racked) as bare:
        world = replace(bare, database=database)
        world.server.central.interference.rules += [
            Rule(Trouble.ECHO, method, path, count=1, status=400, text=ECHO) for method, path in map(str.split, PHASES)
        ]
        for _ in range(len(PHASES) + 1):
            judged = await world.judged(NEW)
            outcome = await world.applied(NEW, approved=judged.plan.id)
            said += [repr(judged), repr(outcome)]
            ended.append(outcome.message)
        left = kept(world.state, database)
        said += world.said
    assert outcome.result is Result.DONE, outcome.message
    assert [ECHO in text for text in ended] == [True] * len(PHASES) + [False]
    assert {f"file:{secrets}/{NEW}.{kind}" for kind in ("sysadmin", "board")} <= read
    assert {"env:REGISTRY", "env:INSTALL"} <= read
    assert canaries.keys() == canaries_of(ONBOARDING)
    assert found({**canaries, "database": DATABASE}, {"said": "\n".join(said + ended).encode()} | left) == []
