"""`stxr replicas`: who is there, who leads, whose a site is; and what several of them need."""

from __future__ import annotations

import json

import pytest

from reconciler.cli.replicas import replica_lines, site_lines
from reconciler.model.replica import LEADER, Lease, Replica, of_site, owner
from reconciler.store import Crewed

pytestmark = pytest.mark.usefixtures("offline")

LIVE = ("stxr-0", "stxr-2")
FOUND = Crewed(
    replicas=(
        Replica("stxr-0", "s0", "node-a", 17, up_s=9_000.0, silent_s=2.0),
        Replica("stxr-1", "", "node-b", 21, up_s=9_000.0, silent_s=190.0),
        Replica("stxr-2", "s2", "node-c", 33, up_s=80.0, silent_s=4.0),
    ),
    leases=(
        Lease(LEADER, "s0", 4, "stxr-0", 8_000.0),
        Lease(of_site("gatineau"), "s0", 12, "stxr-0", 5.0),
        Lease(of_site("ottawa"), "s0", 7, "stxr-0", 430.0),
    ),
    sites=("gatineau", "hull", "ottawa"),
)


def test_the_table_says_who_is_there_who_leads_and_what_each_works_on():
    shares = [sum(owner(site, LIVE) == name for site in FOUND.sites) for name in LIVE]
    assert sum(shares) == 3
    assert list(replica_lines(FOUND)) == [
        "REPLICA  STATE     HEARD   SITES  PROCESS       WORKS ON",
        f"stxr-0   leader    2s ago  {shares[0]}      17 on node-a  gatineau, ottawa",
        "stxr-1   gone      3m ago  -      21 on node-b  -",
        f"stxr-2   follower  4s ago  {shares[1]}      33 on node-c  -",
    ]


def test_a_site_is_told_with_its_replica_and_with_who_works_on_it():
    assert list(site_lines(FOUND, ["hull", "ottawa"])) == [
        f"hull: {owner('hull', LIVE)}",
        f"ottawa: {owner('ottawa', LIVE)}; stxr-0 works on it since 7m",
    ]
    assert list(site_lines(Crewed(sites=("hull",)), ["hull"])) == ["hull: nobody's: no replica is there"]


def test_one_process_is_no_replica(stxr):
    ended = stxr("replicas")
    assert (ended.code, ended.out.startswith("one process, alone")) == (0, True)
    assert json.loads(stxr("replicas", "--format", "json").out) == {"leader": "", "replicas": [], "sites": {}}
    assert "nothing is known of ottawa" in stxr("replicas", "ottawa").err


def test_several_on_sqlite_are_refused_before_anything_is_written(stxr, tmp_path):
    endpoints = tmp_path / "endpoints.yaml"
    endpoints.write_text("endpoints: {}\n")
    ended = stxr("run", "--replicas", "2", "--endpoints", endpoints, "--state", tmp_path / "state")
    assert ended.code == 1
    assert "2 replicas cannot share SQLite: give all of them one PostgreSQL database (--database" in ended.err
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--database", "sqlite:////tmp/shared.db"), "--database is what replicas share, and is PostgreSQL"),
        (("--replica", "stxr 0\n"), "give a name of letters, digits and . _ -, at most 63 of them"),
    ],
)
def test_what_replicas_cannot_be_named_by_or_share_is_refused(stxr, tmp_path, words, told):
    endpoints = tmp_path / "endpoints.yaml"
    endpoints.write_text("endpoints: {}\n")
    ended = stxr("run", *words, "--endpoints", endpoints, "--state", tmp_path / "state")
    assert (ended.code, told in ended.err) == (1, True), ended.err
