"""Forecasts and measurements in JSON form, and back for the store. Keys are an interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reconciler.model.forecast import (
    Act,
    Basis,
    Forecast,
    GroupForecast,
    Like,
    Measured,
    PlanForecast,
    Span,
    StageForecast,
    TooShort,
    WaveForecast,
)
from reconciler.model.plan import StageType


def measured_json(one: Measured) -> dict[str, Any]:
    """What was measured, with what it was measured on beside it."""
    content = asdict(one)
    return {"act": content.pop("act"), **content.pop("like"), **content}


def measured_of(content: Mapping[str, Any]) -> Measured:
    """The inverse of `measured_json`. Raises ValueError for an act that this program does not know."""
    rest = dict(content)
    like = Like(**{name: rest.pop(name) for name in ("mode", "type", "role", "hardware")})
    return Measured(**{**rest, "act": Act(rest["act"]), "like": like})


def plan_forecast_json(one: PlanForecast) -> dict[str, Any]:
    """What a plan takes, whole and stage by stage."""
    stages = [
        {"stage": s.stage, "type": s.type, "host": s.host, **_span(s.span), "outage_s": s.outage_s} for s in one.stages
    ]
    return {**_span(one.span), "outage_s": one.outage_s, "read": _span(one.read), "stages": stages}


def plan_forecast_of(content: Mapping[str, Any]) -> PlanForecast:
    """The inverse of `plan_forecast_json`. Raises ValueError for a word that this program does not know."""
    stages = tuple(
        StageForecast(s["stage"], StageType(s["type"]), s["host"], _span_of(s), s["outage_s"])
        for s in content["stages"]
    )
    return PlanForecast(stages, _span_of(content), content["outage_s"], _span_of(content["read"]))


def forecast_json(one: Forecast) -> dict[str, Any]:
    """A forecast, all its members."""
    plain = asdict(one)
    groups = [{"sites": g.sites, "plan": plan_forecast_json(g.plan)} for g in one.groups]
    return {**plain, "groups": groups, "likely_s": one.likely_s}


def forecast_of(content: Mapping[str, Any]) -> Forecast:
    """The inverse of `forecast_json`. Raises ValueError for a word that this program does not know."""
    rest = {name: value for name, value in content.items() if name != "likely_s"}
    groups = tuple(GroupForecast(tuple(g["sites"]), plan_forecast_of(g["plan"])) for g in rest["groups"])
    short = tuple(TooShort(**one) for one in rest["too_short"])
    waves = tuple(_wave_of(one) for one in rest["waves"])
    return Forecast(**{**rest, "groups": groups, "too_short": short, "waves": waves})


def _wave_of(content: Mapping[str, Any]) -> WaveForecast:
    lists = {name: tuple(content[name]) for name in ("sites", "caught_up")}
    return WaveForecast(**{**content, **lists})


def _span(span: Span) -> dict[str, Any]:
    return {"likely_s": span.likely_s, "late_s": span.late_s, "basis": span.basis, "measured": span.count}


def _span_of(content: Mapping[str, Any]) -> Span:
    return Span(content["likely_s"], content["late_s"], Basis(content["basis"]), content["measured"])
