"""Names that sites say they had, and where two of them say the same: a folder that was copied. Pure.

The first of them that is looked at would be given the subcloud of that name, and the other be added anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.desired.files import SITE, parse_blob
from reconciler.model.errors import ConfigError
from reconciler.model.origin import Origin
from reconciler.model.site import SiteFiles


@dataclass(frozen=True, slots=True)
class Claim:
    """A site says, at `origin`, that it had a name."""

    site: str
    name: str
    origin: Origin


def claims(said: SiteFiles) -> Iterator[Claim]:
    """Those of one site; only its own file says any."""
    for path, content in said.files.items():
        if not path.endswith(f"/{SITE}"):
            continue
        if root := parse_blob(path, content).root:
            yield from (
                Claim(said.name, str(each.value), each.origin) for each in root.listed("subcloud", "formerNames")
            )


def disputes(every: Iterable[Claim]) -> Iterator[tuple[str, ConfigError]]:
    """(the site, what is wrong there) for each claim of a name that a site before it claims, too."""
    first: dict[str, Claim] = {}
    for one in every:
        before = first.setdefault(one.name, one)
        if before.site != one.site:
            told = f"{one.name} is a former name of {before.site} too (at {before.origin}): one of them never had it"
            yield one.site, ConfigError(f"site: {told}", one.origin)
