"""Who is let in, by bearer token, and what each role may do: 401 for nobody's token, 403 for one that may not."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from reconciler.api.answering import Said
from reconciler.clients.oidc_errors import PAUSE_S, IssuerDark, RoleLess, TokenRefused, is_token
from reconciler.model.role import Bearer, Role

ENVIRONMENT = "STXR_API_TOKEN"
SCHEME = HTTPBearer(
    auto_error=False,
    description="A token of `stxr token add`, one of the issuer of --oidc, or STXR_API_TOKEN, which only sees.",
)
NEEDED = f"a bearer token is needed: `stxr token add NAME --role viewer` makes one, {ENVIRONMENT} is another"
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(SCHEME)]


NOT_ALLOWED: dict[int | str, dict[str, Any]] = {
    401: {"model": Said, "description": "No bearer token, or not ours"},
    403: {"model": Said, "description": "An issuer's token, whose bearer has no role here"},
    503: {"model": Said, "description": "An issuer's token, and the issuer cannot be asked"},
}
NOT_ENOUGH: dict[int | str, dict[str, Any]] = {
    **NOT_ALLOWED,
    403: {"model": Said, "description": "The token's role may not do this"},
}


def nobody(token: str) -> Bearer | None:  # noqa: ARG001
    """No token was added."""
    return None


@dataclass(frozen=True, slots=True)
class Access:
    """token: of the environment; it only sees. known: who holds a token that was added, asked anew at each request.
    identified: who the bearer of an OpenID Connect issuer's token is; None where no issuer is trusted.

    Without any of them nobody is let in: the fleet's drift is nobody else's business.
    """  # noqa: D205

    token: str = field(default="", repr=False)
    known: Callable[[str], Bearer | None] = nobody
    identified: Callable[[str], Awaitable[Bearer]] | None = None

    def needs(self, role: Role) -> Callable[[Request, Given], Awaitable[None]]:
        """A dependency that lets in who has this role or a higher one; `bearer_of` the request names who it is."""

        async def enters(request: Request, given: Given) -> None:
            bearer = await self._bearer(given)
            if not bearer.role.may(role):
                raise HTTPException(403, f"{bearer.name} is {bearer.role}, and this needs the role {role}")
            request.state.bearer = bearer

        return enters

    async def _bearer(self, given: HTTPAuthorizationCredentials | None) -> Bearer:
        if given is None:
            raise _unknown(NEEDED)
        if self.token and hmac.compare_digest(given.credentials.encode(), self.token.encode()):
            return Bearer(ENVIRONMENT, Role.VIEWER)
        bearer = self.known(given.credentials)
        if bearer is None and self.identified and is_token(given.credentials):
            bearer = await _identified(given.credentials, self.identified)
        if bearer is None:
            raise _unknown("this bearer token opens nothing: it was never given, or it was revoked")
        return bearer


async def _identified(token: str, by: Callable[[str], Awaitable[Bearer]]) -> Bearer:
    try:
        return await by(token)
    except TokenRefused as refused:
        raise _unknown(str(refused)) from None
    except RoleLess as nobody_here:
        raise HTTPException(403, str(nobody_here)) from None
    except IssuerDark as dark:
        raise HTTPException(503, str(dark), headers={"Retry-After": str(round(PAUSE_S))}) from None


def bearer_of(request: Request) -> Bearer:
    """Who was let in."""
    bearer: Bearer = request.state.bearer
    return bearer


def _unknown(why: str) -> HTTPException:
    return HTTPException(401, why, headers={"WWW-Authenticate": "Bearer"})
