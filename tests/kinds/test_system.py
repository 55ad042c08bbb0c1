"""The system's own attributes change in service, those that Git says."""

from __future__ import annotations

from reconciler.model.words import Needs
from tests.kinds.machines import KINDS, context, differences, resource, rows, sent
from tests.kinds.networks import system_row

TEXT = """
name: ottawa-17
system: {description: Edge site, location: Ottawa, contact: noc@example.com, latitude: "45.35", longitude: "-75.91"}
"""
ROW = {**system_row(), "name": "ottawa-17", "description": "Edge site", "location": "Ottawa", "timezone": "UTC"}
ROW |= {"contact": "noc@example.com", "latitude": "45.35", "longitude": None}


def test_only_what_differs_is_sent_in_one_call():
    assert sent(TEXT, rows(system=ROW)) == ["PATCH isystems/<> longitude=-75.91"]
    assert sent(TEXT, rows(system={**ROW, "name": "x", "longitude": "-75.91"})) == ["PATCH isystems/<> name=ottawa-17"]


def test_what_git_does_not_say_is_left_alone():
    assert differences("system: {location: Ottawa}", rows(system=ROW)) == {}


def test_there_is_one_system_and_no_host_is_asked_for():
    found = rows(system=ROW)
    assert str(resource("system", found).key) == "system"
    assert KINDS["system"].needs_of(differences(TEXT, found)["system"], context(TEXT, found)) is Needs.ANY
