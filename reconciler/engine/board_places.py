"""Where the board management controllers of a site's hosts are: as Git says now, and as the endpoints file has them reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.clients import Endpoint
from reconciler.desired import board_places, boot_macs
from reconciler.engine.repository import Repository
from reconciler.model.board import BoardPlace

Places = Callable[[str], tuple[BoardPlace, ...]]


def places_of(repository: Repository, endpoints: Mapping[str, Endpoint]) -> Places:
    """Every controller of a site that Git knows an address of, those that we have no password for too.

    What it returns raises ConfigErrors where the site's files are wrong.
    """

    def places(site: str) -> tuple[BoardPlace, ...]:
        endpoint, said = endpoints.get(site), board_places(repository.site(site))
        return tuple(map(endpoint.reached, said)) if endpoint else said

    return places


def macs_of(repository: Repository) -> Callable[[str], Mapping[str, str]]:
    """By which MAC each host of a site boots, as Git says. What it returns raises ConfigErrors."""
    return lambda site: boot_macs(repository.site(site))
