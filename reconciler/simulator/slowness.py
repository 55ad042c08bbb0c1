"""How long the real server works on a request: measured times per row, two requests at a time.

sysinv-api.md 3 (one API worker on loopback): a list costs its rows, and addresses and memory cost the most; by default
there are two workers (``sysinv_api_workers``), so that a third request of a site waits.
"""

from __future__ import annotations

from reconciler.simulator.exchange import Response

WORKERS = 2
BASE = 0.006
WRITE = 0.05
PER_ROW = {
    "ihosts": 0.010,
    "addresses": 0.020,
    "imemorys": 0.007,
    "icpus": 0.00025,
    "ports": 0.0013,
    "ethernet_ports": 0.0013,
    "iinterfaces": 0.006,
}


def seconds(method: str, response: Response) -> float:
    """The time of one request, from what it answered."""
    if method != "GET":
        return WRITE
    body = response.body if isinstance(response.body, dict) else {}
    return BASE + sum(len(rows) * PER_ROW.get(name, 0.0005) for name, rows in body.items() if isinstance(rows, list))
