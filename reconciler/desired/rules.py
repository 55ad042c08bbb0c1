"""Which lists of the upstream documents have a key, and which (deployment-manager api/v1/*_types.go IsKeyEqual)."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.desired.merge import FREE, PLAIN, Key, Rule, by
from reconciler.model.node import Node

NO_PORT = "dummy"  # the name that upstream gives to the port of an interface over another one


class ByPort:
    """The port, for an interface may be renamed; its name where it stands on another interface and has no port."""

    def __call__(self, element: Node) -> Key | None:
        if port := _port(element):
            return ("port", port)
        name = element.text("name")
        return ("name", name) if name else None

    def paths(self, element: Node) -> tuple[str, ...]:
        """The one of both that tells the element."""
        return ("port.name",) if _port(element) else ("name",)


def _port(element: Node) -> str:
    port = element.text("port", "name")
    return port if port != NO_PORT and element.get("lower") is None else ""


# Upstream's key of these has the class too: an overlay that changes the class then makes a second interface of one
# name. Ours has the name alone.
_NAMED = Rule(key=by("name"))

HOST = Rule(
    {
        "labels": FREE,
        "processors": Rule({"functions": Rule(key=by("function"))}, by("node")),
        "memory": Rule({"functions": Rule(key=by("function", "pageSize"))}, by("node")),
        "addresses": Rule(key=by("address")),
        "routes": Rule(key=by("interface", "subnet", "prefix", "gateway")),
        "interfaces": Rule({"ethernet": Rule(key=ByPort()), "vlan": _NAMED, "bond": _NAMED, "vf": _NAMED}),
        "storage": Rule({"osds": Rule(key=by("path")), "volumeGroups": _NAMED, "filesystems": _NAMED}),
    }
)
SPEC_RULES: Mapping[str, Rule] = {
    "HostProfile": HOST,
    "Host": Rule({"overrides": HOST}),
    "System": Rule(
        {
            "certificates": Rule(key=by("type", "secret")),
            "serviceParameters": Rule(key=by("service", "section", "paramname", "personality", "resource")),
            "storage": Rule({"filesystems": _NAMED}),
        }
    ),
    "PtpInstance": Rule({"parameters": FREE}),
}
# Our own sections: system, and each host and each secret by its name.
SITE_SECTIONS = Rule({"system": PLAIN, "hosts": PLAIN, "secrets": PLAIN})
FILE_RULES: Mapping[str, Rule] = {
    "install-values.yaml": FREE,  # the author's own keys
    "bootstrap-values.yaml": FREE,
    "site.yaml": SITE_SECTIONS,
}
