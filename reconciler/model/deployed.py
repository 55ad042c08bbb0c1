"""What a site was deployed with: the values that are read once, by their digests, and the commit that said them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Deployed:
    """keys: each value that is read once -> its digest.

    is_ours: we had the site deployed; or else it was there already, and is believed to be what Git said when it was first
      in sync.
    """

    commit: str
    keys: Mapping[str, str] = field(default_factory=dict)
    is_ours: bool = False
