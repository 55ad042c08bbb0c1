"""One visit to one controller: log in, work, log out, so that its few sessions are not used up.

Session or Basic: a service that refuses a session is asked with Basic. A wrong password is therefore tried twice
(sushy/auth.py SessionOrBasicAuth).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from sushy import Sushy
from sushy.auth import SessionOrBasicAuth

from reconciler.clients.redfish.faults import RAISED, board_error
from reconciler.clients.redfish.line import Line
from reconciler.model.board import BoardError, BoardPlace

ROOT = "/redfish/v1/"


@dataclass(frozen=True)
class Session:
    """The service of a controller to which we are logged in. Everything here may raise what sushy raises."""

    root: Any
    line: Line

    @cached_property
    def system(self) -> Any:
        """The one host behind the controller."""
        return self.root.get_system()


@contextmanager
def opened(place: BoardPlace, password: SecretStr, line: Line) -> Iterator[Session]:
    """A session that is closed at the end, whatever happens. Raises BoardError."""
    auth = SessionOrBasicAuth(place.username, password.get_secret_value())
    try:
        with line:
            root = Sushy(place.url, auth=auth, connector=line, root_prefix=urlsplit(place.url).path.rstrip("/") + ROOT)
            try:
                yield Session(root, line)
            finally:
                _log_out(auth)
    except BoardError:
        raise
    except RAISED as error:
        raise board_error(error, place, (password,)) from None


def _log_out(auth: SessionOrBasicAuth) -> None:
    with suppress(*RAISED):  # a session that is left ends by its own time-out
        auth.close()
    auth.reset_session_attrs()  # or sushy would try again when it is collected
