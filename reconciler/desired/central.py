"""What fleet.yaml says of the central cloud, beside what sites say of their place in it: names that nobody defines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from reconciler.desired.central_section import DEFAULT
from reconciler.desired.files import FLEET
from reconciler.desired.findings import Findings
from reconciler.desired.settings import Fleet
from reconciler.model.node import Node
from reconciler.model.subcloud_policy import SubcloudDefaults

PLACES: Mapping[str, str] = {"group": "groups"}
"""What a site says of its place -> where `central` defines it."""
ALWAYS: Mapping[str, Collection[str]] = {"groups": frozenset({DEFAULT})}
NO_SITE = (
    "nothing says which folder is the system controller, whose dcmanager is to have this: say central.site, or "
    "rollout.central"
)


def check_central(fleet: Fleet, central: Node, findings: Findings) -> None:
    """What the model of fleet.yaml alone cannot say."""
    if not fleet.central_site:
        findings.refuse(f"fleet: central: {NO_SITE}", central.origin)


def check_places(
    policy: SubcloudDefaults | None, fleet: Fleet | None, said: Iterable[Node], findings: Findings
) -> None:
    """A group that a site names is defined, where groups are defined at all. said: the nearest last."""
    if policy is None or fleet is None or fleet.central is None:
        return
    places = tuple(said)
    for key, names in PLACES.items():
        named, defined = getattr(policy, key), getattr(fleet.central, names)
        if not named or not defined or named in defined or named in ALWAYS.get(names, ()):
            continue
        origin = next(node.origin for place in reversed(places) if (node := place.get(key)))
        message = f'subcloud.{key}: no "{named}": central.{names} of {FLEET} defines {", ".join(sorted(defined))}'
        findings.refuse(message, origin)
