"""PTP: parameters are sets, an old value goes before a new one comes, and one call puts all into effect."""

from __future__ import annotations

import pytest

from reconciler.model.plan import Ref
from reconciler.model.words import Action, Needs
from tests.kinds.networks import (
    KINDS,
    context,
    declared,
    differences,
    host_row,
    interface,
    key,
    observed,
    planned,
    port,
    rows,
    sent,
    told,
    written,
)

TEXT = """
hosts:
  controller-0:
    ptpInstances: [ptp1]
    interfaces:
      ethernet: [{name: oam0, class: platform, ptpInterfaces: [ptp1if0], port: {name: enp0s3}}]
PtpInstance:
  ptp1:
    service: ptp4l
    parameters: {global: [domainNumber=24, priority2=100], unicast_master_table_1: [table_id=1]}
PtpInterface:
  ptp1if0: {ptpinstance: ptp1, parameters: [masterOnly=1]}
"""
SECTIONS = {"global": ["priority2=100", "domainNumber=24"], "unicast_master_table_1": ["table_id=1"]}
PTP1 = {"id": 7, "uuid": "u-ptp1", "name": "ptp1", "service": "ptp4l", "hostnames": ["controller-0"]}
PTP1 |= {"parameters": SECTIONS}
IF0 = {"id": 9, "uuid": "u-if0", "name": "ptp1if0", "ptp_instance_name": "ptp1", "parameters": ["masterOnly=1"]}
IF0 |= {"interface_names": ["controller-0/oam0"], "hostnames": ["controller-0"]}
APPLY = "POST ptp_instances/apply"


def found(instances=(PTP1,), interfaces=(IF0,), state="unlocked"):
    return rows(
        host_row(state=state),
        iinterfaces=[interface("oam0", ifclass="platform")],
        ports=[port("enp0s3", of="oam0")],
        ptp_instances=instances,
        ptp_interfaces=interfaces,
    )


def test_parameters_in_any_order_are_the_same():
    assert sent(planned(TEXT, found())) == []


def test_all_that_is_missing_is_made_and_applied_once():
    assert sent(planned(TEXT, found((), ()))) == [
        "POST ptp_instances name=ptp1 service=ptp4l",
        (
            "PATCH ptp_instances/<ptp1> add ptp_parameters/-=domainNumber=24 add ptp_parameters/-=priority2=100 "
            "add ptp_parameters/-=table_id=1"
        ),
        "PATCH ihosts/<controller-0> add ptp_instances/-=<ptp1>",
        "POST ptp_interfaces name=ptp1if0 ptp_instance_uuid=<ptp1>",
        "PATCH ptp_interfaces/<ptp1if0> add ptp_parameters/-=masterOnly=1",
        "PATCH iinterfaces/<oam0> add ptp_interfaces/-=<ptp1if0>",
        APPLY,
    ]


def test_a_section_is_named_where_it_is_not_the_global_one():
    (_, patch, _) = written("ptp-instance", differences(TEXT, found(()))["ptp-instance/ptp1"])
    assert [op.get("section") for op in patch.body] == [None, None, "unicast_master_table_1"]


def test_an_old_value_goes_before_the_new_one_comes():
    before = {**PTP1, "parameters": {**SECTIONS, "global": ["domainNumber=25", "priority2=100"]}}
    (patch, _) = written("ptp-instance", differences(TEXT, found((before,)))["ptp-instance/ptp1"])
    assert [(op["op"], op["value"]) for op in patch.body] == [("remove", "domainNumber=25"), ("add", "domainNumber=24")]


@pytest.mark.parametrize("flat", [["domainNumber=24"], {"global": ["domainNumber=24"]}])
def test_a_flat_list_is_the_global_section_on_both_sides(flat):
    text = f"PtpInstance: {{ptp1: {{service: ptp4l, parameters: {flat}}}}}"
    (said,) = declared("ptp-instance", text)
    assert said.spec.parameters == {"global": ("domainNumber=24",)}
    (read,) = KINDS["ptp-instance"].read(rows(ptp_instances=[{**PTP1, "parameters": flat}]))
    assert read.spec.parameters == {"global": ("domainNumber=24",)}
    assert differences(text, rows(ptp_instances=[{**PTP1, "parameters": flat}])) == {}


def test_another_service_is_another_instance_with_all_that_refers_to_it():
    lines = sent(planned(TEXT, found(({**PTP1, "service": "phc2sys"},))))
    assert [line.split()[0] + " " + line.split()[1] for line in lines] == [
        "PATCH iinterfaces/<oam0>",
        "DELETE ptp_interfaces/<ptp1if0>",
        "PATCH ihosts/<controller-0>",
        "DELETE ptp_instances/<ptp1>",
        "POST ptp_instances",
        "PATCH ptp_instances/<ptp1>",
        "PATCH ihosts/<controller-0>",
        "POST ptp_interfaces",
        "PATCH ptp_interfaces/<ptp1if0>",
        "PATCH iinterfaces/<oam0>",
        APPLY,
    ]


def test_a_host_takes_an_instance_by_its_integer_id_and_in_service():
    around = context(TEXT, found(({**PTP1, "hostnames": []},)))
    change = differences(TEXT, found(({**PTP1, "hostnames": []},)))["host-ptp-instance/ptp1"]
    (patch, _) = written("host-ptp-instance", change)
    assert patch.body[0]["value"] == Ref(key("ptp-instance", "ptp1", ""), "id")
    assert KINDS["host-ptp-instance"].needs_of(change, around) is Needs.ANY


def test_an_interface_takes_a_ptp_interface_by_its_integer_id():
    change = differences(TEXT, found(interfaces=({**IF0, "interface_names": []},)))
    (patch, _) = written("interface-ptp-interface", change["interface-ptp-interface/oam0/ptp1if0"])
    assert patch.body == [
        {"op": "add", "path": "/ptp_interfaces/-", "value": Ref(key("ptp-interface", "ptp1if0", ""), "id")}
    ]
    assert told(patch).startswith("PATCH iinterfaces/<oam0>")


def test_what_is_assigned_is_read_for_each_host_and_interface():
    seen = observed(found())
    assert seen.resources[key("host-ptp-instance", "ptp1")].ids == {"id": 7}
    assert seen.resources[key("interface-ptp-interface", "oam0/ptp1if0")].spec.on == "port enp0s3"


def test_a_ptp_interface_of_another_instance_is_another_one():
    change = differences(TEXT, found(interfaces=({**IF0, "ptp_instance_name": "other"},)))["ptp-interface/ptp1if0"]
    assert change.action is Action.REPLACE


def test_a_ptp_interface_s_parameters_change_in_place():
    change = differences(TEXT, found(interfaces=({**IF0, "parameters": ["masterOnly=0"]},)))["ptp-interface/ptp1if0"]
    (patch, _) = written("ptp-interface", change)
    assert [(op["op"], op["value"]) for op in patch.body] == [("remove", "masterOnly=0"), ("add", "masterOnly=1")]
