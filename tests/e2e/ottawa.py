"""The site that most tests break, changes of it, and who else writes to it."""

from __future__ import annotations

from reconciler.simulator.exchange import Request
from tests.desired.writing import document

OTTAWA = "ottawa-001"
OWN = f"subclouds/{OTTAWA}/deployment-config.yaml"
SETTINGS = f"subclouds/{OTTAWA}/site.yaml"
# two steps that both need the host locked
TWO_STEPS = document(
    "HostProfile",
    "ran-server",
    """\
  labels:
    kube-topology-mgr-policy: restricted
  interfaces:
    ethernet:
    - name: data0
      class: data
      mtu: 9000
      port:
        name: ens1f0""",
)
# nothing needs the host locked
ONLINE = document("System", "ottawa", "  location: Gatineau") + document(
    "DataNetwork", "midhaul", "  type: vlan\n  description: To the core"
)
ONE_MORE = document("DataNetwork", "backhaul", "  type: vlan\n  mtu: 1500")
MORE_CORES = document(
    "HostProfile",
    "ran-server",
    """\
  processors:
  - node: 0
    functions:
    - function: platform
      count: 4""",
)
PATIENCE_S = 20.0  # real seconds; a site takes a part of one
CALLS_OF_OTTAWA = 16  # from bootstrap to service
LOCKED, LABELLED, UNLOCKED = '"value":"lock"', "POST /v1/labels", '"value":"unlock"'


def state(world, name=OTTAWA):
    row = world.host(name)
    return f"{row['administrative']}-{row['operational']}"


def writes(world, text):
    """How often a write of that method and collection was accepted."""
    return sum(text in f"{w.method} {w.path}" and w.status < 400 for w in world.writes(OTTAWA))


def accepted(world, name=OTTAWA):
    """How many writes the site took."""
    return sum(w.status < 400 for w in world.writes(name))


def by_hand(world, action, host="controller-0", name=OTTAWA):
    """A person's host action, to its end."""
    site = world.site(name)
    body = f'[{{"op":"replace","path":"/action","value":"{action}"}}]'.encode()
    uuid = world.host(name, host)["uuid"]
    answer = site.system.handle(Request("PATCH", f"/v1/ihosts/{uuid}", {}, {"User-Agent": "a person"}, body))
    assert answer.status == 200, answer.body
    site.settle()
