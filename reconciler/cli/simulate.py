"""`stxr simulate`: simulated StarlingX systems to try everything on, real sites left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reconciler.model.errors import ConfigError


def simulate(
    repo: Annotated[
        Path | None, typer.Option(help="Site-config folder: one freshly bootstrapped system per subcloud.")
    ] = None,
    sites: Annotated[int | None, typer.Option(help="So many systems of the usual mix, with a repository.")] = None,
    repo_out: Annotated[Path | None, typer.Option(help="Where the repository for --sites is written.")] = None,
    inventory: Annotated[Path | None, typer.Option(help="One system, as an inventory file shows it.")] = None,
    endpoints_out: Annotated[Path | None, typer.Option(help="Where the endpoints file is written.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 18080,
    speed: Annotated[float, typer.Option(help="Simulated seconds in a real one.")] = 60.0,
    token_seconds: Annotated[float, typer.Option(help="How long a token is good.")] = 3600.0,
    tls_dir: Annotated[Path | None, typer.Option(help="Serve TLS; the CA bundle is written here.")] = None,
    seed: Annotated[int, typer.Option(help="Other numbers give other fleets for --sites.")] = 0,
) -> None:
    """Serve simulated systems until interrupted. Give one of --repo, --sites and --inventory."""
    from reconciler.simulator.run import SimulateOptions  # noqa: PLC0415 - only this command needs it
    from reconciler.simulator.run import simulate as serve  # noqa: PLC0415

    if sum(given is not None for given in (repo, sites, inventory)) != 1:
        raise ConfigError("give exactly one of --repo, --sites and --inventory")
    options = SimulateOptions(
        repo=repo,
        sites=sites,
        repo_out=repo_out,
        inventory=inventory,
        endpoints_out=endpoints_out,
        host=host,
        port=port,
        speed=speed,
        token_seconds=token_seconds,
        tls_dir=tls_dir,
        seed=seed,
    )
    serve(options, typer.echo)
