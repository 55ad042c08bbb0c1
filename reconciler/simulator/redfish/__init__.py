"""Board management controllers in a box: one Redfish service each, in front of one host.

What it says and does follows sushy's own samples and code (openstack/sushy sushy/tests/unit/json_samples/, sushy/resources/)
and its emulator (openstack/sushy-tools sushy_tools/emulator/). No real controller was recorded: all of it is unverified
against hardware, whose makers differ. What the emulator lacks is the reason for this one: BIOS attributes that wait for a
reset, tasks, sensors, sessions, controllers that are slow, broken or rude.
"""

from reconciler.simulator.redfish.bmc import handle
from reconciler.simulator.redfish.host import Bmc, Drive, Probe
from reconciler.simulator.redfish.shell import serve_boards

__all__ = ["Bmc", "Drive", "Probe", "handle", "serve_boards"]
