"""What sushy raises, as the trouble of a controller. Pure.

Its ConnectionError keeps the cause as `__cause__`, or as its context: requests' and urllib3's errors below it tell what
happened (sushy/connector.py _op).
"""

from __future__ import annotations

import socket
import ssl

import requests.exceptions as transport
import urllib3.exceptions
from pydantic import SecretStr
from sushy import exceptions

from reconciler.clients.causes import causes_of, deepest
from reconciler.clients.faults import LONGEST
from reconciler.clients.secrets import masked
from reconciler.model.board import BoardError, BoardPlace, Trouble

# sushy believes in the form of what it reads; what is of another is a Python error there
MISREAD = (ValueError, TypeError, KeyError, AttributeError, IndexError)
RAISED = (exceptions.SushyError, transport.RequestException, *MISREAD)


def board_error(error: BaseException, place: BoardPlace, secrets: tuple[SecretStr, ...]) -> BoardError:
    """The error in our words, without a secret."""
    trouble, detail = _told(error)
    words = " ".join(masked(detail, secrets).split())
    return BoardError(trouble, place.site, place.host, place.url, words[:LONGEST])


def _told(error: BaseException) -> tuple[Trouble, str]:
    if isinstance(error, exceptions.HTTPError):
        return _answered(error)
    causes = tuple(causes_of(error))
    if isinstance(error, exceptions.ConnectionError | transport.RequestException) and not isinstance(error, ValueError):
        return _unanswered(causes)
    if isinstance(error, exceptions.InvalidParameterValueError):
        return Trouble.REFUSED, str(error)
    return Trouble.FOREIGN, _foreign(error)


def _answered(error: exceptions.HTTPError) -> tuple[Trouble, str]:
    said = str(error.detail or f"no reason given with {error.status_code}")
    status = f"({error.status_code}) {said}"
    if isinstance(error, exceptions.AccessError):
        return Trouble.PASSWORD if error.status_code == 401 else Trouble.REFUSED, status
    if isinstance(error, exceptions.ServerSideError):
        return Trouble.FAILING, status
    if isinstance(error, exceptions.ResourceNotFoundError):
        return Trouble.FOREIGN, f"{status}: it lacks a document that Redfish has"
    return Trouble.REFUSED, status


def _unanswered(causes: tuple[BaseException, ...]) -> tuple[Trouble, str]:
    def have(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if have(ssl.SSLError, urllib3.exceptions.SSLError, transport.SSLError):
        return Trouble.CERTIFICATE, deepest(causes, "its certificate is not accepted")
    if have(urllib3.exceptions.NewConnectionError, ConnectionRefusedError, socket.gaierror):
        return Trouble.DEAD, deepest(causes, "nobody could be connected to")
    if have(transport.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError):
        return Trouble.DEAD, "nobody could be connected to in time"
    if have(transport.Timeout, urllib3.exceptions.ReadTimeoutError):
        return Trouble.SLOW, "no whole answer in time"
    if have(transport.ContentDecodingError):
        return Trouble.FOREIGN, "its answer is larger than any of Redfish, or cannot be unpacked"
    return Trouble.BROKEN, "the connection ended before the answer did"


def _foreign(error: BaseException) -> str:
    if isinstance(error, exceptions.SushyError):
        return str(error)  # what a document lacks, or a value that the controller does not know
    return f"its answer is not as Redfish says ({type(error).__name__})"
