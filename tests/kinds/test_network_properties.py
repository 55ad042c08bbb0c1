"""For every value: what a kind writes, answered as the API answers it, is what Git said."""

from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _ptp as ptp
from tests.kinds.networks import differences, interface, pool, port, rows, written

MTUS = st.integers(576, 9216)
CLASSES = st.sampled_from(["platform", "data", "none"])
RATES = st.one_of(st.none(), st.integers(101, 10_000))


def patched(row, body):
    """A row after its PATCH; class none is stored as null (sysinv interface.py patch)."""
    after = {**row, **{op["path"][1:]: op["value"] for op in body}}
    return {**after, "ifclass": None if after["ifclass"] == "none" else after["ifclass"]}


def as_yaml(**members) -> str:
    return ", ".join(f"{name}: {value}" for name, value in members.items() if value is not None)


@given(iface_class=CLASSES, mtu=st.one_of(st.none(), MTUS), rate=RATES, role=st.sampled_from(["master", "none", None]))
def test_an_ethernet_interface_is_as_git_says_once_it_is_patched(iface_class, mtu, rate, role):
    said = as_yaml(name="x0", mtu=mtu, maxTxRate=rate, ptpRole=role, port="{name: eth0}", **{"class": iface_class})
    text = f"hosts: {{controller-0: {{interfaces: {{ethernet: [{{{said}}}]}}}}}}"
    before = interface("eth0")
    change = differences(text, rows(iinterfaces=[before], ports=[port("eth0")]))["ethernet/eth0"]
    (call,) = written("ethernet", change)
    after = patched(before, call.body)
    assert differences(text, rows(iinterfaces=[after], ports=[port("eth0")])) == {}


@given(
    members=st.lists(st.sampled_from(["eth0", "eth1", "eth2"]), min_size=1, unique=True),
    mtu=st.one_of(st.none(), MTUS),
    mode=st.sampled_from(["balanced", "active_standby", "802.3ad"]),
)
def test_a_bond_is_as_git_says_once_it_is_made(members, mtu, mode):
    said = as_yaml(name="bond0", members=f"[{', '.join(members)}]", mode=mode, mtu=mtu, **{"class": "platform"})
    text = f"hosts: {{controller-0: {{interfaces: {{bond: [{{{said}}}]}}}}}}"
    hardware = [interface(n) for n in ("eth0", "eth1", "eth2")], [port(n) for n in ("eth0", "eth1", "eth2")]
    (call,) = written("bond", differences(text, rows(iinterfaces=hardware[0], ports=hardware[1]))["bond/bond0"])
    answered = {**call.body, "ihost_uuid": "host-controller-0", "uses": list(reversed(call.body["uses"]))}
    made = {**interface("bond0"), **answered}
    assert differences(text, rows(iinterfaces=[*hardware[0], made], ports=hardware[1])) == {}


@given(network=st.ip_addresses(), prefix=st.integers(8, 30), data=st.data())
def test_a_pool_is_as_git_says_once_it_is_made(network, prefix, data):
    host = data.draw(st.integers(1, 3))
    subnet = ipaddress.ip_network((network, prefix), strict=False)
    text = f'AddressPool: {{p: {{subnet: "{network}", prefix: {prefix}, gateway: "{subnet[host]}"}}}}'
    (call,) = written("address-pool", differences(text, rows())["address-pool/p"])
    assert call.body["network"] == str(subnet.network_address)
    assert differences(text, rows(addrpools=[{**pool("p", "10.0.0.0"), **call.body}])) == {}


PAIRS = st.tuples(
    st.sampled_from(["global", "monitoring", "t1"]), st.from_regex(r"[a-z]{1,3}=[a-z0-9=]{1,3}", fullmatch=True)
)


def sectioned(pairs):
    return {section: tuple(p for s, p in pairs if s == section) for section, _ in pairs}


@given(had=st.frozensets(PAIRS), wanted=st.frozensets(PAIRS))
def test_ptp_parameters_are_as_git_says_once_they_are_patched(had, wanted):
    pairs = set(had)
    for op in ptp.patch(sectioned(had), sectioned(wanted)):
        pair = (op.get("section", "global"), op["value"])
        if op["op"] == "remove":
            pairs.remove(pair)
        else:
            assert pair not in pairs
            pairs.add(pair)
    assert pairs == wanted


@given(st.ip_addresses())
def test_an_address_has_one_spelling(address):
    spellings = {str(address), str(address).upper(), address.exploded}
    assert {addresses.canonical(text) for text in spellings} == {str(address)}
