"""What profiles and values are called: by what the hosts are, and by the place that a value is of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from reconciler.adopt.factor_forms import SITE, Form, Forms
from reconciler.adopt.factor_places import Place
from reconciler.adopt.order import SITE as SITE_FILE
from reconciler.model.said import Element

HOST = "Host"
COMMON = "common"
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")


def value_names(forms: Forms) -> dict[int, str]:
    """Variable -> name, from the place that has the shortest: `location`, `controller_0_boot_mac`, `oam_net`."""
    hosts = {place[1] for place in forms.of if place[0] == HOST}
    candidates: dict[int, list[list[str]]] = {}
    for place, form in forms.of.items():
        if form.variable:
            candidates.setdefault(form.variable, []).append(_candidates(place, form, is_one_host=len(hosts) == 1))
    names = {0: SITE}
    for variable, of_places in candidates.items():
        shortest = min(of_places, key=lambda names: names[0].count("_"))
        names[variable] = _free(shortest, names.values())
    return names


def profile_name(forms: Forms, taken: Collection[str]) -> str:
    """`aio-sx`, `aio-dx`, `standard`, after the words of StarlingX; a number behind what is taken."""
    return _free([_configuration(forms)], taken, "-")


def also_free(name: str, taken: Collection[str]) -> str:
    """The name, or with a number behind it."""
    return _free([name], taken, "-")


def _configuration(forms: Forms) -> str:
    """The deployment configuration, as StarlingX calls it: who are controllers, and whether they are workers too."""
    roles = Counter(_of_hosts(forms, "personality").values())
    functions = _of_hosts(forms, "subfunctions").values()
    if set(roles) != {"controller"}:
        storage = "-storage" if roles["storage"] else ""
        return f"standard{storage}" if roles["controller"] else "hosts"
    is_all_in_one = any("worker" in str(function) for function in functions)
    return ("aio-sx" if roles["controller"] == 1 else "aio-dx") if is_all_in_one else "controllers"


def _of_hosts(forms: Forms, key: str) -> Mapping[str, object]:
    return {name: form.value for (kind, name, path), form in forms.of.items() if kind == HOST and path == (key,)}


def _candidates(place: Place, form: Form, *, is_one_host: bool) -> list[str]:
    """The shortest first."""
    kind, name, path = place
    whose = [] if kind in {"System", SITE_FILE} or (kind == HOST and is_one_host) else [name]
    keys = [str(step) for step in path if isinstance(step, str)] or ["name"]
    element = [_told(step) for step in path if isinstance(step, Element)][-1:]
    last = keys[-1:] if form.is_lone else ["net"]
    longer = [*whose, *keys[:-1], *element, *last]
    return [_snake([*whose, *element, *last]), _snake(longer), _snake([kind, *longer])]


def _told(element: Element) -> str:
    """What tells an element, in a word; its turn where it has no name of its own."""
    told = [str(value).rsplit("/", 1)[-1] for _, value in element.keys if value is not None]
    return "_".join(told) or (str(element.nth) if element.nth > 1 else "")


def _snake(words: Iterable[str]) -> str:
    text = "_".join(_OTHER.sub("_", _HUMP.sub("_", word).lower()).strip("_") for word in words if word)
    return text if text[:1].isalpha() else f"value_{text}"


def _free(candidates: Iterable[str], taken: Collection[str], between: str = "_") -> str:
    """The first that is not taken; the last of them with a number else."""
    candidates = list(candidates)
    numbered = (f"{candidates[-1]}{between}{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (*candidates, *numbered) if name not in taken)
