"""When a forge may be asked again, by what its answers say of its limits. Pure.

GitHub (github/docs content/rest/using-the-rest-api/rate-limits-for-the-rest-api.md): a limit answers 403 or 429. With
Retry-After: after that many seconds; with X-RateLimit-Remaining 0: after X-RateLimit-Reset (Unix seconds); else after a
minute, and longer each time. GitLab (gitlabhq/gitlabhq doc/administration/settings/user_and_ip_rate_limits.md): 429 with
RateLimit-Remaining, RateLimit-Reset and Retry-After. Gitea has no limit of its own: what stands before it says 429.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.clients.message import Answer

TOO_MANY = frozenset({403, 429})
A_MINUTE = 60.0
LONGEST_S = 3_600.0
WORDS = ("rate limit", "abuse detection", "too many times")  # GitHub's secondary limits, old and new; GitLab's


def closed_until(answer: Answer, now: float, refusals: int) -> float | None:
    """When it may be asked again, where this answer is a limit's; None where it is not.

    refusals: limits that were met in a row before, for which nothing says how long they last.
    """
    is_limit = answer.status == 429 or (answer.status == 403 and _speaks_of_it(answer))
    if not is_limit:
        return None
    if (after_s := _number(answer.headers, "Retry-After")) is not None:
        return now + min(after_s, LONGEST_S)
    if (reset := used_up_until(answer, now)) is not None:
        return reset
    return now + min(A_MINUTE * float(2**refusals), LONGEST_S)


def used_up_until(answer: Answer, now: float) -> float | None:
    """When the limit begins anew, where this answer was the last that it allowed; None while some are left."""
    for prefix in ("X-RateLimit", "RateLimit"):
        if _number(answer.headers, f"{prefix}-Remaining") == 0:
            reset = _number(answer.headers, f"{prefix}-Reset")
            return None if reset is None else min(max(reset, now), now + LONGEST_S)
    return None


def _speaks_of_it(answer: Answer) -> bool:
    """Whether a 403 is a limit's: of a right that is missing it is the same number."""
    text = answer.body[:2000].decode(errors="replace").lower()
    is_named = "Retry-After" in answer.headers or any(words in text for words in WORDS)
    return is_named or _number(answer.headers, "X-RateLimit-Remaining") == 0


def _number(headers: Mapping[str, str], name: str) -> float | None:
    said = headers.get(name, "")
    return float(said) if said.isdecimal() else None
