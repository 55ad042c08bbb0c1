"""`stxr run`: the controller. Watches the repository, visits every site, serves metrics and the API."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from reconciler.app import Listen, Running, controller
from reconciler.cli.options import STATE, Database, Endpoints, Exit, Repo, Root, State
from reconciler.clients import load_oidc
from reconciler.clients.forges import load_forge
from reconciler.engine.batch_world import GATHER_S
from reconciler.engine.due import Schedule
from reconciler.engine.notifiers.settings import notifiers_of
from reconciler.engine.replicas import SILENT, Times, lost
from reconciler.engine.tidying import Keep
from reconciler.model.errors import ConfigError
from reconciler.sources.verify import Trust, Verify
from reconciler.telemetry.sight import MAX_SERIES

LAST_PORT = 65_535
USUAL = Times()
WATCH_S = 0.5
# Of 5,000 sites some millions of objects live long; a full collection looks through them all and takes a second or two,
# in which nothing else happens. By Python's own thresholds a busy controller makes one every few seconds.
COLLECT = (50_000, 10, 100)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def run(
    repo: Repo = ".",
    path: Root = "",
    endpoints: Endpoints = None,
    state: State = STATE,
    branch: Annotated[str, typer.Option(help="Branch to follow; the remote's default without.")] = "",
    listen: Annotated[str, typer.Option(help="Address and port of metrics, probes and API.")] = "127.0.0.1:8086",
    observe_s: Annotated[float, typer.Option("--observe-every", help="Seconds between full reads of a site.")] = 600.0,
    poll_s: Annotated[float, typer.Option("--poll-every", help="Seconds between looks at a remote repository.")] = 60.0,
    workers: Annotated[
        int,
        typer.Option(
            min=1, help="Sites visited at a time; half as many slow ones beside them, and half as many that fail."
        ),
    ] = 50,
    database: Database = "",
    replica: Annotated[
        str, typer.Option(envvar="STXR_REPLICA", help="Name of this process, the same after a restart.")
    ] = "stxr-0",
    replicas: Annotated[
        int, typer.Option(envvar="STXR_REPLICAS", min=1, help="How many of these run; more than one share --database.")
    ] = 1,
    takeover_s: Annotated[
        float,
        typer.Option(
            "--take-over-after",
            min=USUAL.lasts_s,
            help="Seconds of a replica's silence, after which others go on with what it was sending.",
        ),
    ] = USUAL.takeover_s,
    at_once: Annotated[int | None, typer.Option(min=1, help="Plans sent at a time, over the whole fleet.")] = None,
    gather_s: Annotated[
        float,
        typer.Option(
            "--gather",
            min=0.0,
            help="Seconds that what a site asks of dcmanager's one strategy waits for others that want the same.",
        ),
    ] = GATHER_S,
    keep_history: Annotated[
        int, typer.Option(envvar="STXR_KEEP_HISTORY", help="Days that histories and rollouts that ended are kept.")
    ] = 90,
    keep_audit: Annotated[
        int, typer.Option(envvar="STXR_KEEP_AUDIT", help="Days that the audit is kept; no fewer than the history.")
    ] = 400,
    oidc: Annotated[
        Path | None,
        typer.Option(envvar="STXR_OIDC", help="File that says whose OpenID Connect tokens open the API (docs/api.md)."),
    ] = None,
    notifications: Annotated[
        Path | None, typer.Option(envvar="STXR_NOTIFICATIONS", help="File that says who is told of drift and rollouts.")
    ] = None,
    forge: Annotated[
        Path | None, typer.Option(envvar="STXR_FORGE", help="File that says where pull requests are (docs/forges.md).")
    ] = None,
    max_series: Annotated[
        int, typer.Option(min=1_000, help="Series of metrics that tell of the fleet; above it they tell less.")
    ] = MAX_SERIES,
    verify: Annotated[Verify, typer.Option(help="What a head must be signed with.")] = Verify.NONE,
    signers: Annotated[Path | None, typer.Option(help="Allowed signers file, outside the repository.")] = None,
    keyring: Annotated[Path | None, typer.Option(help="GNUPGHOME with the trusted keys.")] = None,
) -> None:
    """Run the controller until it is stopped. Sites are only looked at until their mode says otherwise.

    The API is for tokens of `stxr token add`; STXR_API_TOKEN opens it too, to look. STXR_WEBHOOK_SECRETS, one or more
    between blanks, are shared with forges: their push events at /api/v1/webhooks/git make it look at once. With --forge, pull requests are reviewed too.
    STXR_GIT_CREDENTIALS names a folder with what opens the repository, read before each fetch: username and password
    (or a token), identity and known_hosts, ca.crt.
    """
    if endpoints is None:
        raise ConfigError("no endpoints file: give --endpoints, or set STXR_ENDPOINTS")
    if verify is Verify.SSH and not (signers and signers.is_file()):
        raise ConfigError("--verify ssh needs --signers: a file of allowed signers, outside the repository")
    if verify is Verify.GPG and not (keyring and keyring.is_dir()):
        raise ConfigError("--verify gpg needs --keyring: a GNUPGHOME with the trusted keys, outside the repository")
    if notifications:
        notifiers_of(notifications)  # what is wrong in it is told before anything is begun
    options = Running(
        repo=repo,
        root=path,
        branch=branch,
        endpoints=endpoints,
        state=state,
        keep=Keep(keep_history, keep_audit),
        listen=replace(_listen(listen), oidc=load_oidc(oidc) if oidc else None),
        schedule=Schedule(observe_s=observe_s, workers=workers),
        poll_s=poll_s,
        trust=Trust(verify, signers, keyring),
        database=database,
        replica=_name(replica),
        replicas=replicas,
        times=replace(USUAL, takeover_s=takeover_s),
        at_once=at_once,
        gather_s=gather_s,
        notifications=notifications,
        max_series=max_series,
        forge=load_forge(forge) if forge else None,
    )
    gc.set_threshold(*COLLECT)
    asyncio.run(_until_stopped(options))


def _name(replica: str) -> str:
    """As sites see it in a header."""
    if not NAME.fullmatch(replica):
        raise ConfigError(f"--replica {replica!r}: give a name of letters, digits and . _ -, at most 63 of them")
    return replica


def _listen(address: str) -> Listen:
    """`host:port`; a port alone listens on loopback."""
    host, _, port = address.rpartition(":")
    if not port.isdigit() or int(port) > LAST_PORT:
        raise ConfigError(f"--listen {address}: give HOST:PORT, for example 127.0.0.1:8086")
    token, secrets = os.environ.get("STXR_API_TOKEN", ""), os.environ.get("STXR_WEBHOOK_SECRETS", "").split()
    return Listen(host.strip("[]") or "127.0.0.1", int(port), token, tuple(secrets))


async def _until_stopped(options: Running) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with controller(options) as running:
        typer.echo(f"metrics, probes and API at {running.url}", err=True)
        listen = options.listen
        if not (listen.token or listen.oidc) and not running.controller.store.tokens.bearers():
            typer.echo("nobody may use the API yet: `stxr token add NAME --role viewer` makes a token", err=True)
        threading.Thread(target=_watch, args=(running.left_s,), daemon=True).start()
        waits = [asyncio.create_task(stopped.wait()), asyncio.create_task(running.ended())]
        done, waiting = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        for task in done:
            _end_at_once(task.exception() if options.database else None)
            task.result()


def _end_at_once(error: BaseException | None) -> None:
    """If others may work on our sites now: nothing more leaves this process, whatever it is at."""
    if error and (told := lost(error)):
        _exit(told)


def _watch(left_s: Callable[[], float]) -> None:
    """Beside the loop, which cannot end itself while it waits for a database that does not answer."""
    while left_s() > 0:
        time.sleep(WATCH_S)
    _exit(SILENT)


def _exit(told: str) -> NoReturn:
    typer.echo(f"stxr: {told}", err=True)
    os._exit(Exit.ERROR)
