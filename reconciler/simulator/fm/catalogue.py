"""The alarms that a system knows, and from which severity on each affects management or degrades its host.

Source: starlingx/fault fm-doc/fm_doc/events.yaml (Management_Affecting_Severity, Degrade_Affecting_Severity), loaded
into event_suppression at install; posting an alarm that is not in it breaks a foreign key.
"""

from __future__ import annotations

from typing import NamedTuple


class Thresholds(NamedTuple):
    """The least severity that counts; ``none``: no severity does."""

    management: str
    degrade: str


_IDS = {
    Thresholds("critical", "critical"): ("100.104 100.150"),
    Thresholds("critical", "none"): ("400.003"),
    Thresholds("major", "critical"): ("100.101 100.117"),
    Thresholds("major", "none"): ("100.105 100.121 200.016 800.104 800.105 850.002"),
    Thresholds("none", "critical"): ("100.103 100.115 100.116 200.007"),
    Thresholds("none", "major"): ("100.112 100.113"),
    Thresholds("none", "none"): (
        "100.102 100.114 100.118 100.119 100.120 200.010 200.014 200.015 260.002 280.001 280.002 280.003 "
        "280.004 280.005 500.100 500.101 500.200 500.210 700.017 750.001 750.002 750.003 750.006 800.002 "
        "800.100 850.001 900.020 900.022 900.023 900.024"
    ),
    Thresholds("warning", "critical"): ("300.002 300.012 300.013 300.014 300.015"),
    Thresholds("warning", "major"): ("100.106 100.107 100.108 100.109 100.110 100.111 200.006 200.013 400.001 900.701"),
    Thresholds("warning", "none"): (
        "200.001 200.003 200.004 200.005 200.009 200.011 210.001 210.002 250.001 250.003 250.004 260.001 "
        "300.001 300.003 300.004 300.005 300.010 300.016 400.002 400.005 700.001 700.002 700.003 700.004 "
        "700.005 700.006 700.007 700.008 700.009 700.010 700.011 700.012 700.013 700.014 700.015 700.016 "
        "750.004 750.005 800.001 800.010 800.011 800.101 900.001 900.002 900.003 900.004 900.005 900.006 "
        "900.007 900.008 900.009 900.010 900.011 900.021 900.101 900.102 900.103 900.201 900.202 900.203 "
        "900.231 900.301 900.302 900.303 900.401 900.402 900.403 900.501 900.502 900.503 900.601 900.602 "
        "900.603"
    ),
}
ALARMS = {alarm: thresholds for thresholds, ids in _IDS.items() for alarm in ids.split()}

_RANKS = {"warning": 1, "minor": 2, "major": 3, "critical": 4, "none": 5}
_OF_NO_ORDER = "'<' not supported between instances of 'NoneType' and 'int'"


def counts(severity: str, threshold: str) -> bool:
    """Whether an alarm of this severity is beyond the threshold (starlingx/fault fm_api.py ``alarm_allowed``).

    Recorded: one alarm of an unknown severity breaks every list of alarms, by this TypeError.
    """
    if severity not in _RANKS:
        raise TypeError(_OF_NO_ORDER)
    return _RANKS[severity] >= _RANKS[threshold]
