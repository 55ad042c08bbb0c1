"""Why a token of an OpenID Connect issuer does not open the API. Each text is for who sent the token."""

# ruff: noqa: N818 - the words of the field

from __future__ import annotations

from reconciler.model.errors import ReconcilerError

PAUSE_S = 30.0  # between two questions to the issuer


class TokenRefused(ReconcilerError):
    """A token that opens nothing; the text says why."""


class IssuerDark(ReconcilerError):
    """The issuer cannot be asked, and what is known of its keys is not enough. Again after `PAUSE_S`."""


class RoleLess(ReconcilerError):
    """A bearer whom the issuer knows, and who has no role here."""


def is_token(text: str) -> bool:
    """Whether it has the form of a signed token: three parts (RFC 7515 3.1)."""
    return text.count(".") == 2
