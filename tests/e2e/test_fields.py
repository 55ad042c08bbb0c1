"""What Git says of one attribute, the very calls that bring it to a site, and then nothing more to do.

`fields.yaml` has a case for each attribute that no example of the Deployment Manager shows, and then those that the
platform would refuse. Sites are those of `sites/`, in service before anything of a case is said.
"""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml

from reconciler.model.proof import ProofResult
from reconciler.model.words import Result
from tests.desired.writing import document
from tests.e2e.proving import counts, proved_first, tolls

CASES, REFUSED = yaml.safe_load_all(Path(__file__).with_name("fields.yaml").read_text())
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SITE = "site.yaml"
NAMES = ("hostname", "ifname", "name", "device_node", "label_key", "lvm_vg_name")


def documents(said) -> str:
    """`{System ottawa: {contact: me}}` as documents of a deployment-config."""
    texts = [(*title.split(), yaml.safe_dump(spec)) for title, spec in said.items() if title != SITE]
    return "".join(document(kind, name, spec.replace("\n", "\n  ").join(("  ", ""))) for kind, name, spec in texts)


def named(site) -> dict[str, str]:
    """Every uuid of a site -> what people call it."""
    tables = site.system.tables
    rows = ((table, row) for table in tables.names() for row in tables.rows(table))
    return {row["uuid"]: next((str(row[n]) for n in NAMES if row.get(n)), table) for table, row in rows}


def equip(site, case):
    """What the machines report beside: other values in every row of a list, one more row like its last."""
    for collection, values in case.get("machine_has", {}).items():
        site.change_rows(collection, {}, values)
    for collection, values in case.get("machine_gets", {}).items():
        like = {name: value for name, value in site.rows(collection, {})[-1].items() if name not in {"id", "uuid"}}
        site.add_row(collection, like | values)


def readable(write, names):
    """`{"PATCH /v1/idns/<idns>": {"nameservers": "10.0.0.53"}}`: a patch that only replaces as what it replaces."""
    text = UUID.sub(lambda found: f"<{names.get(found[0], found[0])}>", f"{write.method} {write.path}\n{write.body}")
    call, _, body = text.partition("\n")
    found = json.loads(body) if body else None
    if write.method == "PATCH" and {op["op"] for op in found} == {"replace"}:
        found = {op["path"].removeprefix("/"): op["value"] for op in found}
    return {call: found}


@pytest.fixture
def said_before(in_service, monkeypatch):
    """An opener of the world of a case, all that it says `first` applied: `as (world, name, say)`."""

    @asynccontextmanager
    async def said_before(case):
        name = case.get("site", "ottawa-001")
        for variable, secret in case.get("environment", {}).items():
            monkeypatch.setenv(variable, secret)
        async with in_service(name) as (world, clone):
            own = f"subclouds/{name}/site.yaml"
            settings = (clone.folder / own).read_text()

            def say(said):
                ours = yaml.safe_dump(said[SITE]) if SITE in said else ""
                clone.commit({f"subclouds/{name}/deployment-config.yaml": documents(said), own: settings + ours})

            equip(world.site(name), case)
            if first := case.get("first", {}):
                say(first)
                assert (await world.applied(name)).is_done
            yield world, name, lambda: say(first | case["git"])

    return said_before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["field"])
async def test_a_field_reaches_the_site_by_these_calls_and_stays(said_before, case):
    async with said_before(case) as (world, name, say):
        began, before, costs = len(world.writes(name)), named(world.site(name)), counts(world, name)
        proof = await proved_first(world, name, say)
        assert (await world.applied(name)).is_done
        assert (proof.result, proof.reason) == (ProofResult.PROVED, "")
        assert (proof.tolls, proof.calls) == (tolls(world, name, costs), len(world.writes(name, began)))
        names = before | named(world.site(name))
        assert [readable(w, names) for w in world.writes(name, began) if w.status < 400] == case["sends"]
        assert await world.is_in_sync(name)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["field"])
async def test_what_the_platform_would_refuse_is_said_and_nothing_is_sent(said_before, case):
    async with said_before(case) as (world, name, say):
        began = len(world.writes(name))
        proof = await proved_first(world, name, say)
        assert proof.is_failed
        assert [one.resource for one in proof.objections] == [case["key"]]
        assert (await world.applied(name)).result is Result.HELD
        assert world.writes(name, began) == []
        (blocked,) = (await world.judged(name)).plan.blocked
        assert str(blocked.key) == case["key"]
        assert case["why"] in blocked.reason
