"""Whether a simulated answer is the recorded one, but for generated uuids, times and links.

Generated uuids are bound pair by pair as answers are compared, and a bound uuid must stay what it was bound to.
Of a config's uuid the top bit ("needs a reboot") is compared, and two that differ in it only count as one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .renaming import UUID_TEXT

TIMES = frozenset({"created_at", "updated_at"})


@dataclass
class Binding:
    """Which simulated uuid stands for which recorded one."""

    simulated: dict[str, str] = field(default_factory=dict)
    recorded: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Binding:
        return Binding(dict(self.simulated), dict(self.recorded))

    def agree(self, recorded: str, simulated: str) -> bool:
        """Whether the two may be the same thing; a pair seen for the first time is bound."""
        if _top(recorded) != _top(simulated):
            return False
        recorded, simulated = _plain(recorded), _plain(simulated)
        if recorded not in self.simulated and simulated not in self.recorded:
            self.simulated[recorded], self.recorded[simulated] = simulated, recorded
        return self.simulated.get(recorded) == simulated

    def translate(self, text: str) -> str:
        """A recorded request as it must be made to the simulator."""
        return UUID_TEXT.sub(lambda found: self._translated(found.group()), text)

    def _translated(self, uuid: str) -> str:
        other = self.simulated.get(_plain(uuid))
        return uuid if other is None else _with_top(other, _top(uuid))


def difference(recorded: Any, simulated: Any, binding: Binding, where: str = "") -> str:
    """What differs first, or an empty text."""
    if isinstance(recorded, dict) and isinstance(simulated, dict):
        return _of_objects(recorded, simulated, binding, where)
    if isinstance(recorded, list) and isinstance(simulated, list):
        return _of_lists(recorded, simulated, binding, where)
    if isinstance(recorded, str) and isinstance(simulated, str):
        return "" if _same_text(recorded, simulated, binding) else _told(where, recorded, simulated)
    same = type(recorded) is type(simulated) and recorded == simulated
    return "" if same else _told(where, recorded, simulated)


def _of_objects(recorded: dict[str, Any], simulated: dict[str, Any], binding: Binding, where: str) -> str:
    if recorded.keys() != simulated.keys():
        missing, extra = recorded.keys() - simulated.keys(), simulated.keys() - recorded.keys()
        return f"{where}: lacks {sorted(missing)}, has besides {sorted(extra)}"
    if set(recorded) == {"error_message"}:
        return _of_faults(recorded, simulated, binding, where)
    for key, value in recorded.items():
        if key in TIMES or _is_link(key, value):
            continue
        found = difference(value, simulated[key], binding, f"{where}.{key}")
        if found:
            return found
    return ""


def _of_faults(recorded: dict[str, Any], simulated: dict[str, Any], binding: Binding, where: str) -> str:
    return difference(json.loads(recorded["error_message"]), json.loads(simulated["error_message"]), binding, where)


def _of_lists(recorded: list[Any], simulated: list[Any], binding: Binding, where: str) -> str:
    if len(recorded) != len(simulated):
        return f"{where}: {len(recorded)} recorded, {len(simulated)} simulated"
    for place, (one, other) in enumerate(zip(recorded, simulated, strict=True)):
        found = difference(one, other, binding, f"{where}[{place}]")
        if found:
            return found
    return ""


def _same_text(recorded: str, simulated: str, binding: Binding) -> bool:
    one, other = UUID_TEXT.findall(recorded), UUID_TEXT.findall(simulated)
    if UUID_TEXT.sub("*", recorded) != UUID_TEXT.sub("*", simulated) or len(one) != len(other):
        return False
    return all(binding.agree(a, b) for a, b in zip(one, other, strict=True))


def _is_link(key: str, value: Any) -> bool:
    return key == "links" or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "href" in value[0]
    )


def _told(where: str, recorded: Any, simulated: Any) -> str:
    return f"{where}: recorded {recorded!r:.200}, simulated {simulated!r:.200}"


def _top(uuid: str) -> bool:
    return int(uuid[0], 16) >= 8


def _plain(uuid: str) -> str:
    return f"{int(uuid[0], 16) & 7:x}{uuid[1:]}"


def _with_top(uuid: str, top: bool) -> str:
    return f"{int(uuid[0], 16) & 7 | (8 if top else 0):x}{uuid[1:]}"
