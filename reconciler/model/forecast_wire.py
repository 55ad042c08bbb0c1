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
    """What was measured, and on what."""
    return asdict(one)


def measured_of(content: Mapping[str, Any]) -> Measured:
    """The inverse of `measured_json`. Raises ValueError for an act that this program does not know."""
    return Measured(**{**content, "act": Act(content["act"]), "like": Like(**content["like"])})


def plan_forecast_json(one: PlanForecast) -> dict[str, Any]:
    """What a plan takes, whole and stage by stage."""
    return asdict(one)


def plan_forecast_of(content: Mapping[str, Any]) -> PlanForecast:
    """The inverse of `plan_forecast_json`. Raises ValueError for a word that this program does not know."""
    stages = tuple(_stage_of(one) for one in content["stages"])
    spans = {name: _span_of(content[name]) for name in ("span", "read")}
    return PlanForecast(**{**content, **spans, "stages": stages})


def forecast_json(one: Forecast) -> dict[str, Any]:
    """A forecast, and its length."""
    return {**asdict(one), "likely_s": one.likely_s}


def forecast_of(content: Mapping[str, Any]) -> Forecast:
    """The inverse of `forecast_json`. Raises ValueError for a word that this program does not know."""
    rest = {name: value for name, value in content.items() if name != "likely_s"}
    groups = tuple(GroupForecast(tuple(one["sites"]), plan_forecast_of(one["plan"])) for one in rest["groups"])
    short = tuple(TooShort(**one) for one in rest["too_short"])
    waves = tuple(_wave_of(one) for one in rest["waves"])
    return Forecast(**{**rest, "groups": groups, "too_short": short, "waves": waves})


def _wave_of(content: Mapping[str, Any]) -> WaveForecast:
    lists = {name: tuple(content[name]) for name in ("sites", "caught_up")}
    return WaveForecast(**{**content, **lists})


def _stage_of(content: Mapping[str, Any]) -> StageForecast:
    return StageForecast(**{**content, "type": StageType(content["type"]), "span": _span_of(content["span"])})


def _span_of(content: Mapping[str, Any]) -> Span:
    return Span(**{**content, "basis": Basis(content["basis"])})
