"""Somebody changed a site and was right: accepted with a commit, one line moves and the controller has nothing to do."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from reconciler.engine.accepting import Accepting, Asked
from reconciler.engine.judgement import differences
from reconciler.model.drift import Drift, DriftCause, SiteDrift, fingerprint
from reconciler.model.errors import ConfigError
from reconciler.model.words import Cause
from reconciler.sources.mirror import Mirror
from tests.e2e.ottawa import OTTAWA, OWN
from tests.e2e.test_killed import STXR

NETWORKS = 30
COMMENTED = "# Networks of Ottawa: numbers are those of the cabling plan.\n" + "".join(
    f"""\
---
# Rack {number}, port {number * 2}.
apiVersion: starlingx.windriver.com/v1
kind: DataNetwork

metadata:
    name: rack-{number}   # as on the label
spec:
    type: 'vlan'
    mtu: 1500   # what the switch takes
"""
    for number in range(NETWORKS)
)
WHO = {f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in
       (("NAME", "Night Shift"), ("EMAIL", "night@example.com"))}  # fmt: skip


async def accept(world, *words):
    """`stxr accept`, as a person runs it; its exit code and what it printed."""
    where = ("--repo", world.root, "--endpoints", world.endpoints, "--state", world.state)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *STXR, "accept", *words, *map(str, where), env=os.environ | WHO, stdout=pipe, stderr=pipe
    )
    out, err = await process.communicate()
    return process.returncode, (out + err).decode()


async def test_drift_is_accepted_with_a_commit_of_one_line_and_nothing_is_sent(in_service):
    async with in_service(OTTAWA) as (world, clone):
        before = clone.commit({OWN: COMMENTED})
        assert (await world.applied(OTTAWA)).is_done
        assert COMMENTED.count("\n") > 300
        world.site(OTTAWA).change_rows("datanetworks", {"name": "rack-17"}, {"mtu": 9000})
        judged = await world.judged(OTTAWA)
        assert [(str(c.key), c.cause) for c in judged.found.changes] == [("data-network/rack-17", Cause.DRIFTED)]

        sent = len(world.writes(OTTAWA))
        code, told = await accept(world, OTTAWA, "--commit")
        assert code == 0, told
        assert await world.is_in_sync(OTTAWA)
        assert (await world.applied(OTTAWA)).is_done
        assert len(world.writes(OTTAWA)) == sent

        assert clone.git("rev-parse", "HEAD~") == before
        assert clone.git("diff", "--numstat", before, "HEAD") == f"1\t1\t{OWN}"
        assert "+    mtu: 9000   # what the switch takes" in clone.git("show", "HEAD").splitlines()
        assert clone.git("status", "--short") == ""


async def test_what_was_accepted_on_a_branch_stays_drift_until_it_is_merged(in_service):
    async with in_service(OTTAWA) as (world, clone):
        world.site(OTTAWA).change_rows("idns", {}, {"nameservers": "192.0.2.66"})
        await world.judged(OTTAWA)
        code, told = await accept(world, OTTAWA, "dns:servers", "--branch", "accepted")
        assert code == 0, told
        assert [c.cause for c in (await world.judged(OTTAWA)).found.changes] == [Cause.DRIFTED]
        clone.git("merge", "--quiet", "accepted")
        assert await world.is_in_sync(OTTAWA)


async def test_a_button_has_what_a_fingerprint_names_proposed_once_and_sends_nothing(in_service, tmp_path):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: COMMENTED})
        assert (await world.applied(OTTAWA)).is_done
        world.site(OTTAWA).change_rows("datanetworks", {"name": "rack-17"}, {"mtu": 9000})
        judged = await world.judged(OTTAWA)
        [difference] = differences(judged.found, judged.plan)
        drift = SiteDrift(OTTAWA, open={difference.place: Drift(difference, DriftCause.OUT_OF_BAND, 1_000.0)})
        clone.git("clone", "--quiet", "--bare", str(clone.folder), str(tmp_path / "hosted.git"))
        sent = len(world.writes(OTTAWA))
        with Mirror.open(tmp_path / "hosted.git", tmp_path / "mirrored") as mirror:
            mirror.fetch(datetime(2026, 11, 21, tzinfo=UTC))
            async with world.fleet() as fleet:
                source = SimpleNamespace(repository=fleet.office.repository, mirror=mirror)
                accepting = Accepting(fleet, source, lambda: {OTTAWA: drift})
                asked = Asked(OTTAWA, fingerprint=fingerprint(difference), by="night-shift")
                _, first = await accepting(asked)
                _, again = await accepting(asked)
                with pytest.raises(ConfigError, match="nothing with the fingerprint beef drifts now"):
                    await accepting(Asked(OTTAWA, fingerprint="beef"))
        assert (first.is_new, again.is_new, again.commit) == (True, False, first.commit)
        hosted = ("-C", str(tmp_path / "hosted.git"))
        assert clone.git(*hosted, "diff", "--numstat", "main", first.branch) == f"1\t1\t{OWN}"
        assert "+    mtu: 9000   # what the switch takes" in clone.git(*hosted, "show", first.branch).splitlines()
        assert len(world.writes(OTTAWA)) == sent


async def test_a_folder_with_edits_has_no_commit_that_a_proposal_could_stand_upon(in_service):
    async with in_service(OTTAWA) as (world, _), world.fleet() as fleet:
        source = SimpleNamespace(repository=fleet.office.repository, mirror=None)
        with pytest.raises(ConfigError, match="accept in it with `stxr accept`"):
            await Accepting(fleet, source, dict)(Asked(OTTAWA))
