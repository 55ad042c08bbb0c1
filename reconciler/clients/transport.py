"""aiohttp's errors in our words: how a service did not answer. Pure."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import aiohttp

from reconciler.model.errors import Failure

NO_ROUTE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL})


def failure_of(error: BaseException) -> Failure:
    """The kind of failure; TLS and DNS first, for aiohttp's errors of those are also connection errors."""
    causes = tuple(_causes(error))
    if any(isinstance(e, ssl.SSLError | ssl.CertificateError) for e in causes):
        return Failure.TLS
    if any(isinstance(e, socket.gaierror | aiohttp.ClientConnectorDNSError) for e in causes):
        return Failure.DNS
    if isinstance(error, TimeoutError):
        return Failure.TIMEOUT
    if any(isinstance(e, ConnectionRefusedError) for e in causes):
        return Failure.REFUSED
    if any(isinstance(e, OSError) and e.errno in NO_ROUTE for e in causes):
        return Failure.NO_ROUTE
    return Failure.BROKEN


def in_words(error: BaseException, timeout_s: float) -> str:
    """What happened, for a message. aiohttp's own texts speak of its classes."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "nobody could be connected to in time"
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout_s:g} s"
    for cause in _causes(error):
        if isinstance(cause, aiohttp.ClientError):
            continue  # some are also the very class that they wrap, without its content
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted: {cause.verify_message}"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return str(error) or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it came from."""
    while error is not None:
        yield error
        error = error.__cause__
