"""How USM answers what is not a list: three texts, and 406 where the third says something (software/utils.py ExceptionHook)."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.exchange import Fault, Response

NOT_ACCEPTABLE = 406


def said(info: str = "", warning: str = "", error: str = "", **more: Any) -> dict[str, Any]:
    return {"info": info, "warning": warning, "error": error, **more}


def rejected(error: str) -> Fault:
    """The fault to raise for what USM calls a service error."""
    return Fault(NOT_ACCEPTABLE, error)


def refusal(fault: Fault) -> Response:
    return Response(fault.status, said(error=fault.text))
