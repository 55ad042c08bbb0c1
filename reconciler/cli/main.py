"""`stxr`: the commands by name."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from reconciler import __version__
from reconciler.cli import (
    abort,
    accept,
    adopt,
    apply,
    board,
    decline,
    demo,
    drift,
    durations,
    history,
    inventory,
    kinds,
    look,
    plan,
    prove,
    render,
    replicas,
    review_told,
    rollout,
    schema,
    serve,
    simulate,
    status,
    tokens,
    validate,
    words,
)
from reconciler.cli.options import Exit
from reconciler.model.errors import ReconcilerError

app = typer.Typer(
    name="stxr",
    help="GitOps for StarlingX distributed clouds.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("validate")(validate.validate)
app.command("render")(render.render)
app.command("plan")(plan.plan)
app.command("review")(review_told.review)
app.command("prove")(prove.prove)
app.command("apply")(apply.apply)
app.command("status")(status.status)
app.command("drift")(drift.drift)
app.command("durations")(durations.durations)
app.command("replicas")(replicas.replicas)
app.command("history")(history.history)
app.command("look")(look.look)
app.command("approve")(words.approve)
app.command("reject")(words.reject)
app.command("abort")(abort.abort)
app.command("suspend")(words.suspend)
app.command("resume")(words.resume)
app.add_typer(tokens.tokens, name="token")
app.add_typer(rollout.app, name="rollout")
app.command("decline")(decline.decline)
app.command("board")(board.board)
app.command("inventory")(inventory.inventory)
app.command("adopt")(adopt.adopt)
app.command("accept")(accept.accept)
app.command("run")(serve.run)
app.command("simulate")(simulate.simulate)
app.command("demo")(demo.demo)
app.command("kinds")(kinds.kinds)
app.command("schema")(schema.schema)


@app.command("version")
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def run() -> None:
    """The entry point: an error of ours is its text and exit code 1, and so is a word that no command has."""
    try:
        sys.exit(app(standalone_mode=False) or Exit.DONE)
    except TyperException as error:  # its own code is 2, by which `plan` says that there are changes
        error.show()  # type: ignore[attr-defined]  # of click, which typer has in itself: with the usage
        sys.exit(Exit.ERROR)
    except ReconcilerError as error:
        typer.echo(f"stxr: {error}", err=True)
        sys.exit(Exit.ERROR)
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("stxr: interrupted", err=True)
        sys.exit(130)
