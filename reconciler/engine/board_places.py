"""Where the board management controllers of a site's hosts are: as Git says now, and as the endpoints file has them reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.clients import Derived, Endpoint
from reconciler.desired import board_places, boot_macs
from reconciler.engine.repository import Repository
from reconciler.model.board import BoardPlace

Places = Callable[[str], tuple[BoardPlace, ...]]


def places_of(repository: Repository, endpoints: Mapping[str, Endpoint], derived: Derived | None = None) -> Places:
    """Every controller of a site that Git knows an address of, those that we have no password for too.

    derived: what is said of sites without an entry.

    What it returns raises ConfigErrors where the site's files are wrong.
    """

    def places(site: str) -> tuple[BoardPlace, ...]:
        known, said = endpoints.get(site) or derived, board_places(repository.site(site))
        return tuple(map(known.reached, said)) if known else said

    return places


def macs_of(repository: Repository) -> Callable[[str], Mapping[str, str]]:
    """By which MAC each host of a site boots, as Git says. What it returns raises ConfigErrors."""
    return lambda site: boot_macs(repository.site(site))
