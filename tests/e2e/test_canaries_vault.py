"""Canaries of what lets us into Vault by a role, which a server repeats that refuses them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from aiohttp import web

from reconciler.model.words import Result
from tests.canaries import Canary, found
from tests.e2e.ottawa import OTTAWA
from tests.e2e.repeating import ECHO, Repeating
from tests.e2e.searching import DATABASE, database, kept, put
from tests.e2e.world import PASSWORD
from tests.secret_places import VAULT, canaries_of
from tests.store.conftest import empty_database, postgresql
from tests.vaults import Bao, bao

__all__ = ["database", "empty_database", "postgresql"]  # fixtures
pytestmark = pytest.mark.xdist_group("postgresql")
PLACE = "vault:secret/ran/ottawa#password"
POLICY = 'path "secret/*" { capabilities = ["read"] }'


@pytest.fixture
def vault(tmp_path_factory) -> Bao:
    with bao(tmp_path_factory.mktemp("bao")) as server:
        yield server


class Refusing(Repeating):
    """A Vault that lets nobody in."""

    async def repeat(self, request: web.Request) -> web.Response:
        await super().repeat(request)
        said = json.dumps({"errors": [f"{ECHO} {self.bodies[-1].decode()}"]}).encode()
        return web.Response(body=said, status=400, headers={"Content-Type": "application/json"})  # as Vault: no charset


def role_of(vault: Bao, role_id: str, secret_id: str) -> None:
    """An AppRole that is known by these."""
    vault.root.sys.enable_auth_method("approle")
    vault.root.sys.create_or_update_acl_policy("ran", POLICY)
    vault.root.auth.approle.create_or_update_approle("stxr", token_policies=["ran"])
    vault.root.auth.approle.update_role_id("stxr", role_id)
    vault.root.auth.approle.create_custom_secret_id("stxr", secret_id)


@dataclass(frozen=True)
class Ways:
    """What a controller has in its environment, by the role of a program and by that of a pod; the first one is right."""

    canaries: Mapping[str, Canary]
    by_role: Mapping[str, str]
    by_account: Mapping[str, str]
    server: Mapping[str, str]


@pytest.fixture
def ways(vault, tmp_path) -> Ways:
    canaries = {name: Canary(name) for name in ("role-id", "secret-id", "account")}
    role_id, secret_id, account = (each.value for each in canaries.values())
    vault.keep("ran/ottawa", password=PASSWORD)
    role_of(vault, role_id, secret_id)
    file = put(tmp_path / "account", account)
    return Ways(
        canaries,
        {"VAULT_ROLE_ID": role_id, "VAULT_SECRET_ID": secret_id},
        {"VAULT_K8S_ROLE": "stxr", "VAULT_K8S_TOKEN_FILE": str(file)},
        vault.environ(),
    )


async def test_nothing_is_told_of_the_role_by_which_vault_lets_us_in(in_service, ways, monkeypatch, database, caplog):
    said = []
    with caplog.at_level(logging.DEBUG):
        async with in_service(OTTAWA) as (bare, _), (refusing := Refusing()).served() as url:
            world, where = replace(bare, database=database), bare.endpoints
            put(where, where.read_text().replace(f"file:{(where.parent / 'endpoints.password').resolve()}", PLACE))
            for way in (ways.by_account, ways.by_role):
                with monkeypatch.context() as environment:
                    for name, text in {"VAULT_ADDR": url, **way}.items():
                        environment.setenv(name, text)
                    refused = (await world.converge(OTTAWA))[OTTAWA].error
                assert ECHO in str(refused)
                said.append(repr(refused) + str(refused))
            for name, text in {**ways.server, **ways.by_role}.items():
                monkeypatch.setenv(name, text)
            assert (await world.applied(OTTAWA)).result is Result.IN_SYNC
            left = kept(world.state, database)
            said += world.said
    asked = b"".join(refusing.bodies)
    assert [name for name, each in ways.canaries.items() if not list(each.traces(asked))] == []
    assert ways.canaries.keys() == canaries_of(VAULT)
    told = {"said": "\n".join(said).encode(), "log": caplog.text.encode()}
    assert found({**ways.canaries, "database": DATABASE}, told | left) == []
