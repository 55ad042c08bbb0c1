"""The file that says who is told: `--notifications`.

It belongs to who runs the controller and stands outside the site-config repository: whoever may change it there could
have secrets sent to themselves.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.clients.own_file import in_words
from reconciler.engine.notifiers.alertmanager import Alertmanager
from reconciler.engine.notifiers.mail import Mail
from reconciler.engine.notifiers.slack import Slack
from reconciler.engine.notifiers.teams import Teams
from reconciler.engine.notifiers.webhook import Webhook
from reconciler.model.errors import ConfigError, ConfigErrors

AnyNotifier = Annotated[Webhook | Slack | Teams | Mail | Alertmanager, Field(discriminator="type")]


class Notifications(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notifiers: tuple[AnyNotifier, ...] = ()


def notifiers_of(path: Path) -> tuple[AnyNotifier, ...]:
    """What the file says. Raises ConfigErrors with everything that is wrong in it, never with a secret."""
    try:
        said: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigErrors([ConfigError(_why(error), str(path))]) from None
    try:
        found = Notifications.model_validate(said or {}).notifiers
    except ValidationError as error:
        raise ConfigErrors(_faults(error, path)) from None
    for name, times in Counter(notifier.name for notifier in found).items():
        if times > 1:
            raise ConfigErrors(
                [ConfigError(f"the name {name} is there {times} times: metrics could not tell", str(path))]
            )
    return found


def _faults(error: ValidationError, path: Path) -> list[ConfigError]:
    """Without the input: it may be the secret itself, where somebody wrote it in place of a reference."""
    faults = error.errors(include_input=False, include_url=False)
    return [ConfigError(in_words(fault), f"{path}: {'.'.join(map(str, fault['loc']))}") for fault in faults]


def _why(error: OSError | UnicodeDecodeError | yaml.YAMLError) -> str:
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}"
    mark = getattr(error, "problem_mark", None)
    return f"is no YAML, line {mark.line + 1}" if mark else "is no YAML"
