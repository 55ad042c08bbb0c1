"""How dcmanager says no: JSON where it is asked for, else a page of HTML (recorded for 404; the others' pages are not).

Pecan's own error documents: an explanation by status, then the detail. What its code does not catch is a traceback in
plain text whatever was asked for (recorded).
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.simulator.exchange import JSON_TYPE, Fault, Request, Response

EXPLAINED = {404: "The resource could not be found."}


class Crash(Fault):
    """A bug of the server's, as its WSGI server tells it."""


def refuse(text: str, status: int = 400) -> Fault:
    """The fault to raise."""
    return Fault(status, text)


def crash(last_line: str) -> Fault:
    """The traceback to raise, of which the last line is known."""
    return Crash(500, f"Traceback (most recent call last):\n{last_line}\n")


def remote(text: str, *, kept: bool = False) -> Fault:
    """What the manager refused, as the API tells it. kept: after it had changed the row already."""
    return Fault(422, text, kept=kept)


def failure(request: Request, fault: Fault, text: str | None) -> Response:
    """The answer that tells it. A detail of None is null in JSON."""
    if isinstance(fault, Crash):
        return Response(500, text=fault.text)
    title = HTTPStatus(fault.status).phrase
    if JSON_TYPE in (request.header("Accept") or ""):
        return Response(fault.status, {"code": fault.status, "title": title, "description": text})
    page = _page(fault.status, title, text or "")
    return Response(fault.status, text=page, headers={"Content-Type": "text/html; charset=UTF-8"})


def _page(status: int, title: str, text: str) -> str:
    body = f"  <h1>{status} {title}</h1>\n  {EXPLAINED.get(status, '')}<br /><br />\n{text}\n\n\n"
    return f"<html>\n <head>\n  <title>{status} {title}</title>\n </head>\n <body>\n{body} </body>\n</html>"


def time(stamp: str | None) -> str | None:
    """A time as dcmanager's database reads give it: UTC without saying so (recorded)."""
    return stamp and stamp.replace("T", " ").removesuffix("+00:00")
