"""Two small sites of one profile, in the files that their authors would write."""

from __future__ import annotations

from tests.desired.writing import document

PROFILE = "profiles/radio/deployment-config.yaml"
OTTAWA = "subclouds/ottawa/deployment-config.yaml"


def networks(mtu: int = 1500) -> str:
    """The data network that both sites have."""
    return document("DataNetwork", "midhaul", f"  type: vlan\n  mtu: {mtu}")


def system(location: str = "Ottawa", ntp: str = "[10.0.0.1]") -> str:
    return document("System", "ottawa", f"  location: {location}\n  ntpServers: {ntp}")


FILES = {
    "fleet.yaml": "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\n",
    PROFILE: networks(),
    "subclouds/ottawa/site.yaml": "layers: [radio]\n",
    OTTAWA: system(),
    "subclouds/gatineau/site.yaml": "layers: [radio]\n",
}
