"""A site adopted into a repository that knows it already: the lines that differ change, all others stay as they are."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest

from reconciler.engine.adoption import Adopted, Wish
from reconciler.engine.adoption_reading import Seen
from reconciler.engine.adoption_root import Root
from reconciler.kinds import registry
from reconciler.model.errors import Failure, Unreachable
from tests.adopt.living import SITES, inventory, system
from tests.adopt.proving import Inventory, seen

KINDS = registry()
NAME = "ottawa-001"
FOLDER = f"subclouds/{NAME}"
CONFIG, SITE = f"{FOLDER}/deployment-config.yaml", f"{FOLDER}/site.yaml"
COMMENTED = "  dnsServers:   # of the region\n  - '10.0.0.53'   # asked first\n"


@pytest.fixture
def ran() -> Inventory:
    """The inventory of a site with one server."""
    return inventory(system(NAME))


@pytest.fixture
def git(tmp_path) -> Path:
    """A repository with a fleet.yaml and no site."""
    (tmp_path / "fleet.yaml").write_bytes((SITES / "fleet.yaml").read_bytes())
    return tmp_path


def adopt(git: Path, found: Inventory, *, is_new: bool = False, **how) -> Adopted:
    """What adopting makes of the files, written."""
    one = Root(git, KINDS, Wish(**how), is_new).adopted(Seen(NAME, seen(found, NAME)))
    for rewrite in one.rewrites:
        (git / rewrite.file).parent.mkdir(parents=True, exist_ok=True)
        (git / rewrite.file).write_text(rewrite.after)
    return one


def changed(one: Adopted) -> dict[str, list[str]]:
    """File -> the lines of its diff."""
    found = {}
    for rewrite in one.rewrites:
        diff = unified_diff((rewrite.before or "").splitlines(), rewrite.after.splitlines(), n=0, lineterm="")
        found[rewrite.file] = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return found


def by_hand(git: Path, file: str, old: str, new: str) -> None:
    """Somebody edits a file."""
    text = (git / file).read_text()
    assert text.count(old) == 1, text
    (git / file).write_text(text.replace(old, new))


def port(found: Inventory, name: str = "ens1f0") -> dict:
    """The row of an interface."""
    (rows,) = (body["iinterfaces"] for path, body in found.items() if path.endswith("/iinterfaces"))
    return next(row for row in rows if row["ifname"] == name)


def test_a_site_that_moved_nowhere_changes_nothing(git, ran):
    assert adopt(git, ran).is_exact
    again = adopt(git, ran)
    assert (again.rewrites, again.refused, again.is_exact) == ((), (), True)


def test_only_the_lines_that_differ_change_and_comments_and_quotes_stay(git, ran):
    adopt(git, ran)
    by_hand(git, CONFIG, "  dnsServers:\n  - 10.0.0.53\n", COMMENTED)
    by_hand(git, SITE, "mode: observe\n", "mode: plan   # until autumn\n")
    port(ran)["imtu"] = 9000
    one = adopt(git, ran)
    assert (one.is_exact, list(changed(one))) == (True, [CONFIG])
    assert [line for line in changed(one)[CONFIG] if "mtu" not in line] == []
    assert "+        mtu: 9000" in [line.replace("      mtu", "        mtu") for line in changed(one)[CONFIG]]
    assert COMMENTED in (git / CONFIG).read_text()
    assert "mode: plan   # until autumn\n" in (git / SITE).read_text()


def test_what_appeared_is_added_and_what_is_gone_is_taken_out(git, ran):
    adopt(git, ran)
    ran["/v1/datanetworks"]["datanetworks"].append(
        {"uuid": "d1", "id": 9, "name": "midhaul", "network_type": "vlan", "mtu": 1500, "description": None}
    )
    added = adopt(git, ran)
    assert (added.is_exact, changed(added)[CONFIG][-4:]) == (
        True,
        ["+  name: midhaul", "+spec:", "+  type: vlan", "+  mtu: 1500"],
    )
    labels = next(body["labels"] for path, body in ran.items() if path.endswith("/labels"))
    host = ran["/v1/ihosts"]["ihosts"][0]["uuid"]
    labels.append({"uuid": "l1", "host_uuid": host, "label_key": "tier", "label_value": "gold"})
    assert adopt(git, ran).is_exact
    labels.clear()
    gone = adopt(git, ran)
    assert gone.is_exact
    assert changed(gone)[CONFIG] == ["-    labels:", "-      tier: gold", "+    labels: {}"]


def test_a_value_of_site_yaml_changes_there(git, ran):
    adopt(git, ran)
    ran["/v1/isystems"]["isystems"][0]["timezone"] = "America/Toronto"
    one = adopt(git, ran)
    assert one.is_exact
    assert changed(one) == {SITE: ["-  timezone: UTC", "+  timezone: America/Toronto"]}


def test_a_site_of_shared_profiles_is_overridden_in_its_own_folder(git, ran):
    for part in ("profiles", FOLDER, "subclouds/ottawa-002"):
        for file in (SITES / part).rglob("*.yaml"):
            (git / file.relative_to(SITES)).parent.mkdir(parents=True, exist_ok=True)
            (git / file.relative_to(SITES)).write_bytes(file.read_bytes())
    one = adopt(git, ran)
    assert {file.rpartition("/")[0] for file in one.files} == {FOLDER}
    assert len(one.refused) == sum(len(change.fields) or 1 for change in one.found.changes)
    assert [why for why in one.refused if "a key of a layer below cannot be taken out by one above" not in why] == []


def test_values_of_the_installation_are_left_alone(git, ran):
    (git / FOLDER).mkdir(parents=True)
    (git / FOLDER / "bootstrap-values.yaml").write_text("system_mode: simplex\n")
    one = adopt(git, ran)
    assert (one.is_exact, sorted(one.files)) == (True, [CONFIG, SITE])
    assert (git / FOLDER / "bootstrap-values.yaml").read_text() == "system_mode: simplex\n"


def test_the_short_form_adds_nothing_that_the_platform_makes_by_itself(git, ran):
    adopt(git, ran, is_short=True)
    again = adopt(git, ran, is_short=True)
    assert (again.rewrites, again.is_exact) == ((), True)
    assert adopt(git, ran).is_exact
    assert "class: none" in (git / CONFIG).read_text()


def test_files_are_written_anew_only_when_that_is_asked_for(git, ran):
    first = adopt(git, ran)
    by_hand(git, CONFIG, "  dnsServers:\n  - 10.0.0.53\n", COMMENTED)
    assert adopt(git, ran).rewrites == ()
    anew = adopt(git, ran, is_new=True)
    assert anew.files == first.files
    assert any(COMMENTED in (rewrite.before or "") for rewrite in anew.rewrites)


def test_a_file_that_is_wrong_refuses_the_site_at_its_line(git, ran):
    adopt(git, ran)
    by_hand(git, SITE, "mode: observe\n", "mood: observe\n")
    one = adopt(git, ran)
    assert one.rewrites == ()
    assert not one.is_exact
    assert one.refused[0].startswith(f"{SITE}:2")


def test_a_site_that_could_not_be_read_is_told_and_has_no_files(git):
    error = Unreachable("keystone", "POST", "/v3/auth/tokens", Failure.TIMEOUT, "", sent=False, site=NAME)
    one = Root(git, KINDS).adopted(Seen(NAME, error=error))
    assert (one.rewrites, one.unread) == ((), str(error))
