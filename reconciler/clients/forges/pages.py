"""Where the next page of a list is. Pure.

All three say it in a Link header (RFC 8288): github/docs content/rest/using-the-rest-api/using-pagination-in-the-rest-api.md,
gitlabhq/gitlabhq doc/api/rest/index.md, go-gitea/gitea services/context/pagination.go. GitLab says X-Next-Page too, which
a proxy that rewrites links leaves right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from yarl import URL

from reconciler.clients.message import Answer

LINK = re.compile(r"<([^>]*)>\s*((?:;\s*[^;,]+)*)")
NEXT = re.compile(r";\s*rel\s*=\s*\"?next\"?", re.IGNORECASE)


def next_page(asked: URL, answer: Answer) -> URL | None:
    """The address of the next page; None after the last. Raises ValueError where it leads to another server."""
    if number := answer.headers.get("X-Next-Page", "").strip():
        return asked.update_query(page=number)
    if "X-Next-Page" in answer.headers or (link := _linked(answer.headers)) is None:
        return None
    found = asked.join(URL(link, encoded=True))
    if found.origin() != asked.origin():
        raise ValueError(f"the next page is said to be at {found.host}: the token does not go there")
    return found


def _linked(headers: Mapping[str, str]) -> str | None:
    return next((url for url, said in LINK.findall(headers.get("Link", "")) if NEXT.search(said)), None)
