"""Where the central cloud is: as the endpoints file says it, or else as fleet.yaml does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reconciler.clients import CENTRAL, Credentials, Declared, Endpoint, Password, Reveal, load_central, reveal
from reconciler.desired import Fleet
from reconciler.engine.committed import revealing
from reconciler.engine.repository import Repository
from reconciler.model.words import Service


def central_of(file: Path, repository: Repository) -> Callable[[], Endpoint | None]:
    """Where the central cloud is, as the endpoints file says it, or else as fleet.yaml does whenever it is asked.

    Raises ConfigErrors and ConfigError for the file; what it gives raises them for fleet.yaml.
    """
    here = load_central(file)
    reveal = revealing(repository)
    return lambda: here or declared(repository.fleet(), file.parent, reveal)


def declared(fleet: Fleet | None, folder: Path = Path(), reveal: Reveal = reveal) -> Endpoint | None:
    """The central cloud of fleet.yaml; None where it names none. folder: that relative paths of CAs are in.

    reveal: reads the reference to its password.
    """
    said = fleet.system_controller if fleet else None
    if said is None:
        return None
    urls = {Service.DCMANAGER: said.dcmanager_url, Service.FAULT: said.fault_management_url}
    return Declared(
        name=CENTRAL,
        auth_url=said.auth_url,
        region=said.region,
        ca_bundle=Path(said.ca_bundle) if said.ca_bundle else None,
        credentials=Credentials(
            username=said.credentials.username, password=Password(secret_ref=said.credentials.password.secret_ref)
        ),
        folder=folder,
        reveal=reveal,
        services={service: url for service, url in urls.items() if url},
        own_region=said.own_region,
    )
