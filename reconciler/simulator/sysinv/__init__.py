'''The platform API (sysinv): one file per resource family, listed in ``FAMILIES`` below.

How a family file is written::

    """Colours of the system (starlingx/config api/controllers/v1/colour.py)."""

    family = Family("colours")

    COLOURS = family.collection(
        Collection("colours", columns="uuid name ihost_uuid created_at updated_at", noun="Colour", host_key="ihost_uuid")
    )   # now GET /colours, GET /colours/{uuid} and GET /ihosts/{host}/colours answer, with paging and links

    @family.on("POST", "/colours")
    def create(system: System, call: Call) -> Row:
        body = attributes(call.body, "colour", "ihost_uuid name")      # refuses unknown attributes as WSME does
        host = system.host(body["ihost_uuid"])
        if host["administrative"] != "locked":
            raise refuse("Host must be locked.")                       # 400; refuse(text, 409) or Fault(500, text)
        row = system.insert("colours", name=body["name"], ihost_uuid=host["uuid"])
        system.after(system.durations.partition, fade, row["uuid"])    # an effect: module-level function, plain arguments
        return shown(system, COLOURS, row, call)                       # JSON -> 200; None -> 204

    @family.unlock_check(UnlockStage.PARTITIONS)                       # runs at unlock in its stage
    def no_fading_colour(system: System, host: Row) -> None: ...

    @family.at(HostEvent.ENABLED)                                      # host came back from unlock
    def show_colours(system: System, host: Row) -> None: ...

    @family.after_load                                                 # fill in what the lists do not show
    def complete(system: System) -> None: ...

Rows are plain dicts, never changed in place: ``system.update(table, uuid, name="red")``; a column that the API does
not show is simply not in the collection's columns. A refused request is undone as a whole, effects included.
Changes that move a host's configuration call ``config.mark_out_of_date`` (see ``config.py``).
'''

from __future__ import annotations

from functools import cache

from reconciler.simulator.api import Api
from reconciler.simulator.family import Family
from reconciler.simulator.sysinv import (
    addresses,
    addrpools,
    applications,
    assignments,
    certificates,
    datanetworks,
    device_images,
    drbd,
    helm_charts,
    host_add,
    host_attributes,
    host_unlock,
    hosts,
    interface_changes,
    interfaces,
    kube_rootca,
    labels,
    licence,
    machine,
    networks,
    ports,
    ptp,
    readonly,
    routes,
    service_parameters,
    settings,
    systems,
)

FAMILIES: tuple[Family, ...] = (
    systems.family,
    hosts.family,
    host_add.family,
    host_attributes.family,
    host_unlock.family,
    ports.family,
    interfaces.family,
    interface_changes.family,
    networks.family,
    addrpools.family,
    assignments.family,
    addresses.family,
    routes.family,
    datanetworks.family,
    settings.family,
    certificates.family,
    licence.family,
    kube_rootca.family,
    device_images.family,
    drbd.family,
    labels.family,
    service_parameters.family,
    ptp.family,
    applications.family,
    helm_charts.family,
    *machine.FAMILIES,
    readonly.family,
)


@cache
def sysinv() -> Api:
    """The API of every simulated system of this process."""
    return Api(FAMILIES)
