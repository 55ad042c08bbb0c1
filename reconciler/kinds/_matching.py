"""Which machine a host of Git is: every criterion that Git gives must agree, and what a machine does not say never does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from reconciler.kinds import _addresses as addresses
from reconciler.model.kind import Context
from reconciler.model.resource import Resource

Criteria: TypeAlias = Mapping[str, str]  # attribute of kind machine -> what Git says


def plain_mac(value: Any) -> Any:
    """A MAC address in lower case, with colons."""
    return value.strip().lower().replace("-", ":") if isinstance(value, str) else value


WORDS = {
    "mac": "boot MAC",
    "bm_address": "board management address",
    "bm_type": "board management type",
    "serial": "serial number",
    "asset_tag": "asset tag",
}
TELLING = frozenset(WORDS) - {"bm_type"}  # half a fleet has the same type


def found(criteria: Criteria, context: Context) -> Resource[Any] | None:
    """The one machine without a name that all criteria fit; None if there is none, or several."""
    fitting = list(_fitting(criteria, context))
    return fitting[0] if len(fitting) == 1 else None


def ambiguous(name: str, criteria: Criteria, others: Mapping[str, Criteria], context: Context) -> str:
    """Why it cannot be told which machine is meant; "" if it can.

    others: the criteria of the other hosts that Git says and the site does not have.
    """
    fitting = [m.spec.mac for m in _fitting(criteria, context)]
    if len(fitting) > 1:
        return f"{_listed(criteria)} fit {len(fitting)} machines, {', '.join(sorted(fitting))}: say more of it in match"
    rivals = sorted(n for n, c in others.items() if n != name and fitting and _mac(c, context) == fitting[0])
    return f"the machine {fitting[0]} fits {rivals[0]} as well: say more of both in match" if rivals else ""


def disagreeing(criteria: Criteria, context: Context) -> str:
    """Which machine agrees in part, and in what it does not; "" if none does."""
    for machine in _unnamed(context):
        agreed = {a for a in criteria if _agrees(machine, a, criteria[a])}
        if agreed & TELLING and (missed := sorted(criteria.keys() - agreed)):
            told = ", ".join(_differs(machine, a, criteria[a]) for a in missed)
            return f"the machine {machine.spec.mac} agrees in {_listed(agreed)} and not in all: {told}"
    return ""


def denied(machine: Resource[Any], criteria: Criteria) -> str:
    """In what a machine that has a name already reports something else than Git says; "" if in nothing.

    What it does not report denies nothing, and the kind of a controller tells no machine. Boot addresses are compared
    by themselves.
    """
    asked = {a: said for a, said in criteria.items() if a in TELLING - {"mac"} and getattr(machine.spec, a)}
    return ", ".join(_differs(machine, a, asked[a]) for a in WORDS if a in asked and not _agrees(machine, a, asked[a]))


def in_words(criteria: Criteria) -> str:
    """`boot MAC 52:54:00:00:00:02, serial number SN-1`."""
    return ", ".join(f"{WORDS[a]} {criteria[a]}" for a in WORDS if a in criteria)


def _mac(criteria: Criteria, context: Context) -> str:
    machine = found(criteria, context)
    return machine.spec.mac if machine else ""


def _fitting(criteria: Criteria, context: Context) -> Iterator[Resource[Any]]:
    if criteria:
        yield from (m for m in _unnamed(context) if all(_agrees(m, a, said) for a, said in criteria.items()))


def _unnamed(context: Context) -> Iterator[Resource[Any]]:
    return (r for k, r in context.observed.resources.items() if k.kind == "machine" and not r.spec.host)


def _agrees(machine: Resource[Any], attribute: str, said: str) -> bool:
    """What a machine does not report agrees with nothing: else any machine without a serial number would do."""
    live = getattr(machine.spec, attribute)
    return bool(live) and _plain(attribute, live) == _plain(attribute, said)


def _plain(attribute: str, value: str) -> str:
    if attribute == "mac":
        return str(plain_mac(value))
    return str(addresses.canonical(value)) if attribute == "bm_address" else value.strip().lower()


def _differs(machine: Resource[Any], attribute: str, said: str) -> str:
    return f"its {WORDS[attribute]} is {getattr(machine.spec, attribute) or 'not reported'}, Git says {said}"


def _listed(attributes: Any) -> str:
    return " and ".join(WORDS[a] for a in WORDS if a in attributes)
