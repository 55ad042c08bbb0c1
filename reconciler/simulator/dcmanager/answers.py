"""How dcmanager says no: JSON where it is asked for, else a page of HTML (recorded for 404; the others' pages are not).

Pecan's own error documents: an explanation by status, then the detail.
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.simulator.exchange import JSON_TYPE, Fault, Request, Response

EXPLAINED = {404: "The resource could not be found."}


def refuse(text: str, status: int = 400) -> Fault:
    """The fault to raise."""
    return Fault(status, text)


def failure(request: Request, status: int, text: str | None) -> Response:
    """The answer that tells it. A detail of None is null in JSON."""
    title = HTTPStatus(status).phrase
    if JSON_TYPE in (request.header("Accept") or ""):
        return Response(status, {"code": status, "title": title, "description": text})
    return Response(status, text=_page(status, title, text or ""), headers={"Content-Type": "text/html; charset=UTF-8"})


def _page(status: int, title: str, text: str) -> str:
    body = f"  <h1>{status} {title}</h1>\n  {EXPLAINED.get(status, '')}<br /><br />\n{text}\n\n\n"
    return f"<html>\n <head>\n  <title>{status} {title}</title>\n </head>\n <body>\n{body} </body>\n</html>"


def time(stamp: str | None) -> str | None:
    """A time as dcmanager's database reads give it: UTC without saying so (recorded)."""
    return stamp and stamp.replace("T", " ").removesuffix("+00:00")
