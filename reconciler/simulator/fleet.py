"""A generated fleet with a matching site-config repository: 80 % AIO-SX, 15 % AIO-DX, 5 % standard.

Of every twenty sites sixteen are radio sites in four regions, three signalling yards, one a factory. A region is a
profile, so an edit of one profile reaches a fifth of all sites. The same count and seed give the same files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.model.errors import ConfigError
from reconciler.simulator import fleet_documents as documents
from reconciler.simulator.hardware import made_mac

ROOT_DISK = "/dev/disk/by-path/pci-0000:00:1f.2-ata-1.0"
MOST_SITES = 32_000  # each has a /24 of its own in 10.0.0.0/9 and 10.128.0.0/9
CYCLE = 20
REGIONS = (("north", 8, 2), ("east", 8, 3), ("south", 16, 2), ("west", 16, 3))
"""Of radio sites: name, virtual functions, platform cores."""


@dataclass(frozen=True)
class Kind:
    """A kind of site: hosts by name with their profiles."""

    group: str
    what: str
    mode: str
    install_type: int
    hosts: tuple[tuple[str, str], ...]


RAN = Kind("ran", "Radio site", "simplex", 2, (("controller-0", "ran-server"),))
YARD = Kind("yard", "Signalling yard", "duplex", 2, tuple((f"controller-{n}", "yard-server") for n in (0, 1)))
PLANT = Kind(
    "plant",
    "Factory",
    "duplex",
    0,
    (
        ("controller-0", "plant-controller"),
        ("controller-1", "plant-controller"),
        ("worker-0", "plant-worker"),
        ("worker-1", "plant-worker"),
    ),
)


@dataclass(frozen=True)
class Place:
    """Site number ``number`` of the fleet."""

    number: int
    seed: int

    @property
    def kind(self) -> Kind:
        turn = self.number % CYCLE
        return RAN if turn < 16 else YARD if turn < 19 else PLANT

    @property
    def layer(self) -> str:
        return f"ran-{REGIONS[self.number % 4][0]}" if self.kind is RAN else self.kind.group

    @property
    def name(self) -> str:
        return f"{self.layer}-{self.number + 1:05d}"

    def words(self) -> dict[str, object]:
        """What the texts of a site are filled with."""
        high, low = divmod(self.number, 256)
        return {
            "name": self.name,
            "group": self.kind.group,
            "layer": self.layer,
            "what": self.kind.what,
            "mode": self.kind.mode,
            "install_type": self.kind.install_type,
            "place": f"{self.kind.group.capitalize()} {self.number + 1}",
            "oam": f"10.{high}.{low}",
            "mgmt": f"10.{128 + high}.{low}",
            "bmc": f"172.31.{high}.{low}",
        }


def write(root: Path, count: int, *, seed: int = 0) -> tuple[str, ...]:
    """Write the repository and give the sites' names. Raises ConfigError where the folder is taken or the count too big."""
    if not 0 < count <= MOST_SITES:
        raise ConfigError(f"--sites takes 1 to {MOST_SITES}: {count}")
    if root.exists() and any(root.iterdir()):
        raise ConfigError(f"{root} is not empty: --repo-out takes a new or empty folder", str(root))
    places = [Place(number, seed) for number in range(count)]
    _put(root, _shared_files(count, seed))
    for place in places:
        _put(root / "subclouds" / place.name, _site_files(place))
    return tuple(place.name for place in places)


def _put(folder: Path, files: Iterator[tuple[str, str]]) -> None:
    for path, text in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _shared_files(count: int, seed: int) -> Iterator[tuple[str, str]]:
    yield "fleet.yaml", documents.FLEET.format(count=count, seed=seed)
    yield "profiles/common/deployment-config.yaml", documents.COMMON
    yield "profiles/common/install-values.yaml", documents.COMMON_INSTALL.format(root=ROOT_DISK)
    for region, vfs, cores in REGIONS:
        yield f"profiles/ran-{region}/deployment-config.yaml", documents.ran_profile(ROOT_DISK, vfs, cores)
    yield "profiles/yard/deployment-config.yaml", documents.yard_profile(ROOT_DISK)
    yield "profiles/plant/deployment-config.yaml", documents.plant_profile(ROOT_DISK)


def _site_files(place: Place) -> Iterator[tuple[str, str]]:
    words = place.words()
    nodes = documents.BOOTSTRAP_NODES if place.kind.mode != "simplex" else ""
    yield "site.yaml", documents.SITE.format(**words)
    yield "install-values.yaml", documents.INSTALL.format(**words)
    yield "bootstrap-values.yaml", (documents.BOOTSTRAP + nodes + documents.BOOTSTRAP_END).format(**words)
    yield "deployment-config.yaml", documents.SYSTEM.format(**words) + "".join(_hosts(place, words))


def _hosts(place: Place, words: dict[str, object]) -> Iterator[str]:
    for host, profile in place.kind.hosts:
        first = host == "controller-0"
        form = documents.HOST + (documents.FIRST_HOST if first else documents.OTHER_HOST)
        mac = made_mac(str(place.seed), place.name, host, "boot")
        yield form.format(**words, host=host, profile=profile, mac=mac)
        if first and place.kind.mode != "simplex":
            yield documents.OFF_LOOPBACK
