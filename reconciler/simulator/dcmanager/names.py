"""Names as dcmanager takes them (dcmanager/common/utils.py is_subcloud_name_format_valid, validate_name)."""

from __future__ import annotations

import re
from typing import Any

LONGEST = 255
_SPECIAL = frozenset(".*+?|()[]{}^$")
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"


def is_subdomain(name: str) -> bool:
    """RFC 1123, as names of subclouds are."""
    return re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", name) is not None


def is_plain(name: Any, *taken: str) -> bool:
    """As names of groups are: no digits alone, no signs of regular expressions, none of these whatever their case."""
    is_text = isinstance(name, str) and 0 < len(name) <= LONGEST and not name.isdigit()
    return is_text and not _SPECIAL & set(name) and name.lower() not in {other.lower() for other in taken}
