"""A review as plain data for JSON, and back: what `stxr plan --format json` prints, the store keeps and the API answers.

Keys are an interface. Times are Unix seconds. Members that a newer program added are dropped on the way back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from reconciler.model.forecast_wire import forecast_json, forecast_of
from reconciler.model.gate import GateName
from reconciler.model.proof_wire import proof_json, proof_of
from reconciler.model.review import Cost, Example, Finding, Group, Held, Review
from reconciler.model.wire import difference_json, difference_of
from reconciler.model.words import Disruption

VERSION = 1  # of the form; it moves when a key changes its meaning


def review_json(review: Review) -> dict[str, Any]:
    """The whole review: every group with all its sites."""
    return {
        "version": VERSION,
        "id": review.id,
        "base": review.base,
        "head": review.head,
        "root": review.root,
        "made_at": review.made_at,
        "fleet": review.fleet,
        "reached": review.reached,
        "cost": _cost(review.cost),
        "groups": [group_json(group) for group in review.groups],
        "new": list(review.new),
        "gone": list(review.gone),
        "broken": list(review.broken),
        "errors": [finding_json(error) for error in review.errors],
        "held": [held_json(held) for held in review.held],
        "forecast": forecast_json(review.forecast) if review.forecast else None,
        "proofs": None if review.proofs is None else [proof_json(proof) for proof in review.proofs],
    }


def review_of(content: Mapping[str, Any]) -> Review:
    """The inverse of `review_json`. Raises ValueError for a form, or a word, that this program does not know."""
    if (version := content.get("version", VERSION)) != VERSION:
        raise ValueError(f"version {version} of a review is not known, only {VERSION}")
    proofs = content.get("proofs")
    return Review(
        base=content["base"],
        head=content["head"],
        root=content["root"],
        made_at=content["made_at"],
        fleet=content["fleet"],
        reached=content["reached"],
        groups=tuple(map(group_of, content["groups"])),
        new=tuple(content["new"]),
        gone=tuple(content["gone"]),
        broken=tuple(content["broken"]),
        errors=tuple(map(finding_of, content["errors"])),
        held=tuple(map(held_of, content["held"])),
        forecast=forecast_of(content["forecast"]) if content.get("forecast") else None,
        proofs=None if proofs is None else tuple(map(proof_of, proofs)),
    )


def group_json(group: Group) -> dict[str, Any]:
    """Sites of an equal change, what it costs each of them, and one of them in full."""
    return {
        "fingerprint": group.fingerprint,
        "edit": group.edit,
        "sites": list(group.sites),
        "differing": list(group.differing),
        "is_exact": group.is_exact,
        "read_at": group.read_at,
        "cost": _cost(group.cost),
        "example": example_json(group.example),
    }


def group_of(content: Mapping[str, Any]) -> Group:
    """The inverse of `group_json`."""
    return Group(
        fingerprint=content["fingerprint"],
        edit=content["edit"],
        sites=tuple(content["sites"]),
        cost=_cost_of(content["cost"]),
        example=example_of(content["example"]),
        is_exact=content["is_exact"],
        read_at=content["read_at"],
        differing=tuple(content.get("differing", ())),
    )


def example_json(example: Example) -> dict[str, Any]:
    """One site's part of the change; its plan as `stxr plan` prints it."""
    return {
        "site": example.site,
        "plan": dict(example.plan),
        "differences": [difference_json(d) for d in example.differences],
        "before": [difference_json(d) for d in example.before],
        "stages": list(example.stages),
        "felt": list(example.felt),
        "blocked": dict(example.blocked),
        "unjudged": list(example.unjudged),
    }


def example_of(content: Mapping[str, Any]) -> Example:
    """The inverse of `example_json`."""
    return Example(
        site=content["site"],
        plan=content["plan"],
        differences=tuple(map(difference_of, content["differences"])),
        before=tuple(map(difference_of, content["before"])),
        stages=tuple(content["stages"]),
        felt=tuple(content["felt"]),
        blocked=content["blocked"],
        unjudged=tuple(content["unjudged"]),
    )


def finding_json(finding: Finding) -> dict[str, Any]:
    """What is wrong, and where."""
    return {f.name: getattr(finding, f.name) for f in fields(finding)}


def finding_of(content: Mapping[str, Any]) -> Finding:
    """The inverse of `finding_json`."""
    return Finding(**_known(content, Finding))


def held_json(held: Held) -> dict[str, Any]:
    """What would hold which sites back."""
    return {"gate": held.gate, "reason": held.reason, "sites": list(held.sites), "until": held.until}


def held_of(content: Mapping[str, Any]) -> Held:
    """The inverse of `held_json`."""
    return Held(GateName(content["gate"]), content["reason"], tuple(content["sites"]), content["until"])


def _cost(cost: Cost) -> dict[str, Any]:
    return {f.name: getattr(cost, f.name) for f in fields(cost)}


def _cost_of(content: Mapping[str, Any]) -> Cost:
    return Cost(**{**_known(content, Cost), "disruption": Disruption(content["disruption"])})


def _known(content: Mapping[str, Any], of: type[Cost | Finding]) -> dict[str, Any]:
    return {f.name: content[f.name] for f in fields(of) if f.name in content}
