"""What a site shows, written to the files that say it: one line where one value moved, and no other site follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from reconciler.diff import compare, spelled
from reconciler.engine.accept import Acceptance, accept
from reconciler.engine.opening import open_folder
from reconciler.engine.preview import assumed
from reconciler.engine.reconcile import Judged
from reconciler.engine.repository import Repository
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.model.kind import Context
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.plan import plan
from tests.desired.writing import document

KINDS = registry()
PROFILE = "profiles/ran/deployment-config.yaml"
OWN = "subclouds/ottawa/deployment-config.yaml"

RAN = """\
  personality: controller
  subfunctions: [controller, worker]
  interfaces:
    ethernet:
    - name: oam0
      class: platform
      platformNetworks: [oam]
      port:
        name: enp0s3
    - name: data0   # to the core
      class: data
      mtu: 1500
      dataNetworks: [midhaul]
      port:
        name: ens1f0
  labels:
    sriovdp: enabled   # the plugin
    zone: ${zone}
  storage:
    filesystems:
    - name: docker
      size: 30"""
SHARED = "".join((
    "# What every radio site has.\n",
    document("HostProfile", "ran", RAN),
    document("DataNetwork", "midhaul", "  type: vlan"),
    document("System", "system", "  dnsServers:\n  - 10.0.0.53"),
))  # fmt: skip

HOST = """\
  profile: ran
  match:
    bootMAC: 08:00:27:1c:2b:3d
  overrides:
    location: "Ottawa"  # the street is in the inventory"""
SYSTEM = """\
  # written by hand
  ntpServers: [ 0.pool.ntp.org ]
  contact: 'noc@example.com'   # day and night"""
MINE = "# Ottawa.\n" + document("Host", "controller-0", HOST) + document("System", "system", SYSTEM)

FILES = {
    "fleet.yaml": "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\n",
    PROFILE: SHARED,
    "subclouds/ottawa/site.yaml": "layers: [ran]\nvalues:\n  zone: east  # of the river\n",
    OWN: MINE,
    "subclouds/hull/site.yaml": "layers: [ran]\nvalues:\n  zone: west\n",
    "subclouds/hull/deployment-config.yaml": document("Host", "controller-0", "  profile: ran"),
}
DATA0 = ResourceKey("ethernet", "ens1f0", "controller-0")


class Git:
    """A folder of site files, and a site that was as it says before somebody touched it."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        self.root = root
        self.write(files)
        self.site = self.assumed("ottawa")

    def write(self, files: Mapping[str, str]) -> None:
        for name, content in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(content)

    def open(self) -> Repository:
        return open_folder(self.root, KINDS)

    def assumed(self, name: str) -> Snapshot:
        with self.open() as repository:
            return assumed(repository.site(name), repository.desired(name), KINDS)

    def rendered(self, name: str) -> dict[ResourceKey, Any]:
        with self.open() as repository:
            return {key: r.spec for key, r in repository.desired(name).resources.items()}

    def touch(self, key: ResourceKey, **values: Any) -> None:
        """Somebody changes a resource by hand; without values it goes."""
        resources = dict(self.site.resources)
        found = resources.pop(key)
        if values:
            resources[key] = replace(found, spec=found.spec.model_copy(update=values))
        self.site = replace(self.site, resources=resources)

    def make(self, key: ResourceKey, **values: Any) -> None:
        """Somebody makes one."""
        made = Resource(key, KINDS[key.kind].spec(**values))
        self.site = replace(self.site, resources={**self.site.resources, key: made})

    def judged(self) -> Judged:
        with self.open() as repository:
            want = spelled(repository.desired("ottawa"), self.site, KINDS)
        base = spelled(self.base, self.site, KINDS) if hasattr(self, "base") else want
        found = compare(want, self.site, KINDS, base)
        return Judged(want, self.site, found, plan(found, Context(want, self.site), KINDS, (), ""))

    def accept(self, *keys: str, is_shared: bool = False) -> Acceptance:
        with self.open() as repository:
            done = accept(self.judged(), repository, KINDS, keys, is_shared=is_shared)
        assert not done.refused, done.refused
        self.write({r.file: r.after for r in done.rewrites})
        return done


@pytest.fixture
def git(tmp_path: Path) -> Callable[..., Git]:
    return lambda files=FILES: Git(tmp_path / "fleet", files)


def changed(done: Acceptance) -> dict[str, list[str]]:
    """File -> the lines of its diff."""
    found = {}
    for one in done.rewrites:
        diff = unified_diff((one.before or "").splitlines(), one.after.splitlines(), n=0, lineterm="")
        found[one.file] = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return found


def test_a_value_of_the_sites_own_file_changes_in_its_line(git):
    here = git()
    here.touch(ResourceKey("system", ""), contact="desk@example.com")
    assert changed(here.accept()) == {
        OWN: ["-  contact: 'noc@example.com'   # day and night", "+  contact: 'desk@example.com'   # day and night"]
    }
    assert here.judged().found.is_empty


def test_a_value_of_a_shared_profile_ends_in_the_sites_own_file(git):
    here = git()
    hull = here.rendered("hull")
    here.touch(DATA0, mtu=9000)
    done = here.accept()
    assert changed(done) == {
        OWN: [
            "+    interfaces:",
            "+      ethernet:",
            "+      - port:",
            "+          name: ens1f0",
            "+        mtu: 9000",
        ]
    }
    assert (here.judged().found.is_empty, here.rendered("hull"), done.reached) == (True, hull, ())


def test_a_value_of_a_shared_profile_changes_there_when_it_is_meant_for_all(git):
    here = git()
    here.touch(DATA0, mtu=9000)
    done = here.accept(is_shared=True)
    assert changed(done) == {PROFILE: ["-      mtu: 1500", "+      mtu: 9000"]}
    assert (here.judged().found.is_empty, done.reached) == (True, ("hull",))


def test_a_value_of_a_profile_that_nobody_else_uses_changes_there(git):
    here = git({k: v for k, v in FILES.items() if "hull" not in k})
    here.touch(DATA0, mtu=9000)
    assert changed(here.accept()) == {PROFILE: ["-      mtu: 1500", "+      mtu: 9000"]}


def test_a_value_that_a_name_stands_for_changes_where_the_site_gives_it(git):
    here = git()
    here.touch(ResourceKey("label", "zone", "controller-0"), value="centre")
    assert changed(here.accept()) == {
        "subclouds/ottawa/site.yaml": ["-  zone: east  # of the river", "+  zone: centre  # of the river"]
    }
    assert here.judged().found.is_empty


def test_a_name_that_stands_for_something_else_too_is_left_and_the_value_overridden(git):
    more = FILES[OWN].replace("# written by hand", "description: ${zone}")
    here = git({**FILES, OWN: more})
    here.touch(ResourceKey("label", "zone", "controller-0"), value="centre")
    assert changed(here.accept()) == {OWN: ["+    labels:", "+      zone: centre"]}
    assert here.judged().found.is_empty


def test_a_whole_list_is_overridden_whole(git):
    here = git()
    here.touch(ResourceKey("dns", ""), servers=("10.0.0.53", "10.0.1.53"))
    assert changed(here.accept()) == {OWN: ["+  dnsServers:", "+  - 10.0.0.53", "+  - 10.0.1.53"]}
    assert here.judged().found.is_empty


def test_what_is_unmanaged_is_said_when_it_is_named(git):
    here = git()
    here.make(ResourceKey("label", "tier", "controller-0"), name="tier", value="gold")
    assert here.accept().rewrites == ()
    assert changed(here.accept("controller-0/label/tier")) == {OWN: ["+    labels:", "+      tier: gold"]}
    assert here.judged().found.unmanaged == ()


def test_what_the_site_lost_is_no_longer_said_when_it_is_named(git):
    more = FILES[OWN].replace('    location: "Ottawa"', '    labels:\n      tier: gold\n    location: "Ottawa"')
    here = git({**FILES, OWN: more})
    here.touch(ResourceKey("label", "tier", "controller-0"))
    assert here.accept().rewrites == ()
    assert changed(here.accept("controller-0/label/tier"))[OWN][-2:] == ["-      tier: gold", "+    labels: {}"]
    assert here.judged().found.is_empty


def test_an_element_of_a_layer_that_the_site_lost_is_removed_by_a_mark(git):
    here = git()
    here.touch(ResourceKey("host-filesystem", "docker", "controller-0"))
    done = here.accept("controller-0/host-filesystem/docker")
    assert changed(done)[OWN][-2:] == ["+      - name: docker", "+        $remove: true"]
    assert here.judged().found.is_empty


def test_a_key_of_a_layer_that_the_site_lost_is_refused_with_what_to_do(git):
    here = git()
    here.touch(ResourceKey("label", "sriovdp", "controller-0"))
    with here.open() as repository:
        done = accept(here.judged(), repository, KINDS, ["controller-0/label/sriovdp"])
    assert (done.items, done.rewrites) == ((), ())
    assert "accept it with --shared" in done.refused[0][1]


def test_an_extra_member_of_a_whole_list_joins_it_after_what_it_refers_to(git):
    here = git()
    assignment, network = KINDS["interface-data-network"], KINDS["data-network"]
    here.make(network.key(network.spec(name="backhaul")), name="backhaul", network_type="flat", mtu=9000)
    midhaul = here.site.resources[ResourceKey("interface-data-network", "data0/midhaul", "controller-0")]
    spec = midhaul.spec.model_copy(update={"network": "backhaul"})
    here.make(assignment.key(spec, "controller-0"), **spec.model_dump(exclude_unset=True))
    with here.open() as repository:
        alone = accept(here.judged(), repository, KINDS, ["controller-0/interface-data-network/data0/backhaul"])
    assert 'no DataNetwork document "backhaul"' in alone.refused[0][1]
    done = here.accept("controller-0/interface-data-network/data0/backhaul", "data-network/backhaul")
    lines = changed(done)[OWN]
    assert lines[lines.index("+        dataNetworks:") :][1:3] == ["+        - backhaul", "+        - midhaul"]
    assert lines[-4:] == ["+  name: backhaul", "+spec:", "+  type: flat", "+  mtu: 9000"]
    assert (here.judged().found.extra, here.judged().found.unmanaged) == ((), ())


def test_a_profile_of_two_hosts_is_overridden_for_the_one_that_moved(git):
    own = FILES[OWN] + document("Host", "worker-0", "  profile: ran\n  overrides:\n    personality: worker")
    here = git({**{k: v for k, v in FILES.items() if "hull" not in k}, OWN: own})
    here.touch(DATA0, mtu=9000)
    done = here.accept()
    assert list(changed(done)) == [OWN]
    assert here.judged().found.is_empty


def test_one_line_of_three_hundred_changes(git):
    lines = "".join(f'      # note {n}\n      example.com/label-{n}: "value {n}"   # of the plan\n' for n in range(150))
    own = FILES[OWN].replace("    location:", f"    labels:\n{lines}    location:")
    here = git({**FILES, OWN: own})
    here.touch(ResourceKey("label", "example.com/label-77", "controller-0"), value="other")
    assert own.count("\n") > 300
    assert changed(here.accept())[OWN] == [
        '-      example.com/label-77: "value 77"   # of the plan',
        '+      example.com/label-77: "other"   # of the plan',
    ]
    assert here.judged().found.is_empty


def test_a_name_that_differs_in_nothing_is_refused_with_one_that_does(git):
    here = git()
    here.touch(DATA0, mtu=9000)
    with pytest.raises(ConfigError, match="did you mean controller-0/ethernet/ens1f0:mtu"):
        here.accept("controller-0/ethernet/ens1f1:mtu")
