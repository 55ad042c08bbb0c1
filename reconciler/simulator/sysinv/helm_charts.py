"""What people say of an application's charts: values of their own, and whether a chart is on.

starlingx/config api/controllers/v1/helm_charts.py. Recorded: the list of an application without any, and what a chart
says that has none. The rest is unverified, written from the source. What is stored takes effect when the application is
applied next, and nothing shows whether it was. System overrides, which plugins make up, are not simulated.

Of whose charts a list tells: a chart is in it once somebody said something of it, as with applications that have no plugin
(helm/helm.py ``get_helm_application_namespaces``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Family
from reconciler.simulator.sysinv.application_work import OVERRIDES, Status, find
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("helm_charts")

PATH = "helm_charts"
ENABLED = "enabled"
_EARLY = {
    Status.UPLOAD_FAILED: "Try deleting the app and uploading again before running the override commands.",
    Status.UPLOADING: "Wait until the upload process finishes.",
}


@family.after_load
def take_up(system: System) -> None:
    """What an inventory says of charts, each under the path that shows it."""
    for row in system.tables.rows("inventory"):
        path = urlsplit(row["uuid"])
        if path.path.startswith(f"{PATH}/") and isinstance(row["body"], dict):
            body = row["body"]
            told = {
                "app_name": path.path.removeprefix(f"{PATH}/"),
                "name": body["name"],
                "namespace": body["namespace"],
            }
            attributes = yaml.safe_load(body.get("attributes") or "") or {}
            system.insert(OVERRIDES, **told, user_overrides=body.get("user_overrides"), attributes=attributes)


@family.on("GET", "/helm_charts")
def list_charts(system: System, call: Call) -> Row:
    """The flags of a chart's namespaces, in their order; one of which nobody said anything is the text `true`."""
    name = call.query.get("app_name", "")
    app = find(system, name)
    if app is None:
        raise refuse(f"Unable to get the helm charts for application {name}: No application with name {name}.")
    if app["status"] in _EARLY:
        raise refuse(
            "It's not possible list or update the overrides right now. The app is currently in"
            f" {app['status']} state. {_EARLY[app['status']]}"
        )
    rows = system.tables.rows(OVERRIDES, app_name=name)
    return {"charts": [_chart(chart, rows) for chart in dict.fromkeys(row["name"] for row in rows)]}


def _chart(name: str, rows: list[Row]) -> Row:
    mine = [row for row in rows if row["name"] == name]
    flags = [row["attributes"].get(ENABLED, "true") for row in mine]
    return {"name": name, "enabled": flags, "namespaces": [row["namespace"] for row in mine]}


@family.on("GET", "/helm_charts/{app_name}")
def show(system: System, call: Call) -> Row:
    name, namespace = _named(call)
    _app(system, call)
    row = _row(system, call)
    if row is None:
        raise refuse(
            f"Unable to get the helm chart attributes for chart {name} under Namespace {namespace}: local variable"
            " 'db_chart' referenced before assignment"
        )
    return {
        "name": name,
        "namespace": namespace,
        "attributes": yaml.safe_dump(row["attributes"], default_flow_style=False) if row["attributes"] else None,
        "system_overrides": None,
        "user_overrides": row["user_overrides"],
        "combined_overrides": row["user_overrides"],
    }


@family.on("PATCH", "/helm_charts/{app_name}")
def change(system: System, call: Call) -> Row:
    name, namespace = _named(call)
    body = call.body
    flags, values = body["flags"], body["values"]
    keeps, resets = flags.get("reuse_values", False), flags.get("reset_values", True)
    if keeps and resets:
        raise refuse("Invalid flags: 'reuse_values' and 'reset_values' cannot both be True.")
    if any("," in item for item in values.get("set", ())):
        raise refuse(
            "Invalid input: One (or more) set overrides contains multiple values. Consider using --values option"
            " instead."
        )
    row = _row(system, call) or _made(system, call)
    files = [*([row["user_overrides"]] if keeps and row["user_overrides"] else ()), *values.get("files", ())]
    chart: Row = {"name": name, "namespace": namespace}
    kept = row["user_overrides"] if keeps else None
    if files or values.get("set"):
        kept = chart["user_overrides"] = _merged(files, values.get("set", ()), name, namespace)
    row = system.update(OVERRIDES, row["uuid"], user_overrides=kept)
    if body["attributes"]:
        chart["attributes"] = dict(_attributes(body["attributes"]))
        system.update(OVERRIDES, row["uuid"], attributes={**row["attributes"], **chart["attributes"]})
    return chart


@family.on("DELETE", "/helm_charts/{app_name}")
def delete(system: System, call: Call) -> None:
    """The values alone: whether the chart is on stays what it was, and so does the row."""
    _named(call)
    _app(system, call)
    if row := _row(system, call):
        system.update(OVERRIDES, row["uuid"], user_overrides=None)


def _named(call: Call) -> tuple[str, str]:
    name, namespace = call.query.get("name", ""), call.query.get("namespace", "")
    if not name:
        raise refuse("Name must be specified.")
    if not namespace:
        raise refuse("Namespace must be specified.")
    return name, namespace


def _app(system: System, call: Call) -> Row:
    row = find(system, call["app_name"])
    if row is None:
        raise refuse(f"Application {call['app_name']} not found.")
    return row


def _row(system: System, call: Call) -> Row | None:
    name, namespace = _named(call)
    return system.tables.first(OVERRIDES, app_name=call["app_name"], name=name, namespace=namespace)


def _made(system: System, call: Call) -> Row:
    """Any name is taken: whether the application has such a chart is not asked."""
    _app(system, call)
    name, namespace = _named(call)
    told = {"app_name": call["app_name"], "name": name, "namespace": namespace}
    return system.insert(OVERRIDES, **told, user_overrides=None, attributes={})


def _merged(files: list[str], singles: list[str], name: str, namespace: str) -> str:
    """One document of several, as Helm merges values: mappings key by key, all else by the last one."""
    found: Row = {}
    try:
        for text in files:
            found = _over(found, yaml.safe_load(text) or {})
        for single in singles:
            found = _over(found, _nested(single))
    except (yaml.YAMLError, TypeError, AttributeError):
        raise refuse(
            f"Unable to update the helm chart attributes for chart {name} under Namespace {namespace}. Please check"
            " sysinv.log for details."
        ) from None
    return yaml.safe_dump(found, default_flow_style=False)


def _over(lower: Row, upper: Mapping[str, Any]) -> Row:
    both = {key: _over(lower[key], value) for key, value in upper.items() if _are_maps(lower.get(key), value)}
    return {**lower, **upper, **both}


def _are_maps(lower: Any, upper: Any) -> bool:
    return isinstance(lower, dict) and isinstance(upper, dict)


def _nested(single: str) -> Row:
    path, _, value = single.partition("=")
    found: Any = yaml.safe_load(value)
    for key in reversed(path.split(".")):
        found = {key: found}
    return dict(found)


def _attributes(given: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for name, value in given.items():
        if name != ENABLED:
            raise refuse(f"Invalid chart attribute: {name} must be one of [{ENABLED}]")
        if not isinstance(value, str):
            raise Fault(500, f"{name} is no text")
        yield name, value in ("true", "True")
