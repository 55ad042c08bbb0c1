"""Whether a simulated answer is the recorded one, but for generated uuids, times and links.

Generated uuids are bound pair by pair as answers are compared, and a bound uuid must stay what it was bound to.
Of a config's uuid the top bit ("needs a reboot") is compared, and two that differ in it only count as one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from .renaming import UUID_TEXT

ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{4}(?::[0-9a-f]{0,4}){2,7}")
TIMES = frozenset({"created_at", "updated_at"})


@dataclass
class Binding:
    """Which simulated uuid (or address drawn from a pool) stands for which recorded one."""

    simulated: dict[str, str] = field(default_factory=dict)
    recorded: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Binding:
        return Binding(dict(self.simulated), dict(self.recorded))

    def agree(self, recorded: str, simulated: str) -> bool:
        """Whether the two may be the same thing; a pair seen for the first time is bound."""
        one, other = _plain(recorded), _plain(simulated)
        if one not in self.simulated and other not in self.recorded:
            self.simulated[one], self.recorded[other] = simulated, recorded
        return _plain(self.simulated.get(one, "")) == other

    def translate(self, text: str) -> str:
        """A recorded request as it must be made to the simulator. Addresses that it names are no drawn ones."""
        for address in ADDRESS.findall(text):
            self.simulated.setdefault(address, address)
            self.recorded.setdefault(address, address)
        return UUID_TEXT.sub(lambda found: self.simulated.get(_plain(found.group()), found.group()), text)


def difference(recorded: Any, simulated: Any, binding: Binding, where: str = "") -> str:
    """What differs first, or an empty text."""
    if isinstance(recorded, dict) and isinstance(simulated, dict):
        return _of_objects(recorded, simulated, binding, where)
    if isinstance(recorded, list) and isinstance(simulated, list):
        return _of_lists(recorded, simulated, binding, where)
    if isinstance(recorded, str) and isinstance(simulated, str):
        same = _same_text(recorded, simulated, binding) and _same_need(where, recorded, simulated)
        return "" if same else _told(where, recorded, simulated)
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
        one, other = _ordered(where, value), _ordered(where, simulated[key])
        found = difference(one, other, binding, f"{where}.{key}")
        if found:
            return found
    return ""


def _ordered(where: str, value: Any) -> Any:
    """The parameters of a PTP instance come in no order."""
    return sorted(value) if where.endswith(".parameters") and isinstance(value, list) else value


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
    if ADDRESS.fullmatch(recorded) and ADDRESS.fullmatch(simulated):
        return binding.agree(recorded, simulated)
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


def _same_need(where: str, recorded: str, simulated: str) -> bool:
    """A config's uuid says by its top bit whether a reboot is needed."""
    is_config = where.endswith((".config_target", ".config_applied")) and bool(UUID_TEXT.fullmatch(recorded))
    return not is_config or (int(recorded[0], 16) >= 8) == (int(simulated[0], 16) >= 8)


def _plain(text: str) -> str:
    return f"{int(text[0], 16) & 7:x}{text[1:]}" if UUID_TEXT.fullmatch(text) else text
