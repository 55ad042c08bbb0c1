"""One value over another: the peer's rules as measured, each with its own example; the laws on any value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.merge import FREE, Rule, by, given_twice, merge, merged, swept
from reconciler.desired.rules import HOST, SPEC_RULES
from reconciler.desired.yaml_reader import read_yaml
from reconciler.model.node import Node
from reconciler.model.origin import Origin


def node(text, file="f.yaml"):
    return read_yaml(file, text.encode())[0]


def over(lower, upper, rule=HOST):
    return merge(node(lower, "lower.yaml"), node(upper, "upper.yaml"), rule)


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        ("{mtu: 1500}", "{}", {"mtu": 1500}),
        ("{mtu: 1500}", "{mtu: null}", {"mtu": 1500}),
        ("{mtu: 1500}", "{mtu: 0}", {"mtu": 0}),
        ("{powerOn: true}", "{powerOn: false}", {"powerOn": False}),
        ("{location: here}", "{location: ''}", {"location": "here"}),
        ("{boardManagement: {type: bmc, address: a}}", "{boardManagement: {address: b}}",
         {"boardManagement": {"type": "bmc", "address": "b"}}),
        ("{labels: {a: x, b: x}}", "{labels: {b: y}}", {"labels": {"a": "x", "b": "y"}}),
        ("{labels: {a: x}}", "{labels: {}}", {"labels": {"a": "x"}}),
        ("{labels: {a: x}}", "{labels: {a: ''}}", {"labels": {"a": ""}}),
        ("{subfunctions: [controller]}", "{subfunctions: [worker]}", {"subfunctions": ["worker"]}),
        ("{ptpInstances: [a, b]}", "{ptpInstances: [c]}", {"ptpInstances": ["c"]}),
        ("{ptpInstances: [a]}", "{ptpInstances: []}", {"ptpInstances": []}),
        ("{ptpInstances: [a]}", "{ptpInstances: null}", {"ptpInstances": ["a"]}),
        ("{addresses: [{address: 10.0.0.1, prefix: 24}]}", "{addresses: []}", {"addresses": []}),
    ],
)  # fmt: skip
def test_later_wins(lower, upper, expected):
    assert over(lower, upper).plain() == expected


@pytest.mark.parametrize(
    ("path", "key", "other"),
    [
        (("processors",), "{node: 0}", "{node: 1}"),
        (("memory",), "{node: 0}", "{node: 1}"),
        (("addresses",), "{address: 10.0.0.1}", "{address: 10.0.0.2}"),
        (("routes",), "{interface: e, subnet: s, prefix: 1, gateway: g}", "{interface: e, subnet: s, prefix: 2, gateway: g}"),
        (("interfaces", "ethernet"), "{port: {name: e}}", "{port: {name: f}}"),
        (("interfaces", "vlan"), "{name: v}", "{name: w}"),
        (("interfaces", "bond"), "{name: v}", "{name: w}"),
        (("interfaces", "vf"), "{name: v}", "{name: w}"),
        (("storage", "osds"), "{path: /dev/a}", "{path: /dev/b}"),
        (("storage", "volumeGroups"), "{name: v}", "{name: w}"),
        (("storage", "filesystems"), "{name: v}", "{name: w}"),
    ],
)  # fmt: skip
def test_elements_of_a_keyed_list_merge_by_key_and_unknown_ones_are_appended(path, key, other):
    def nested(*elements):
        text = "[" + ", ".join(elements) + "]"
        for step in reversed(path):
            text = f"{{{step}: {text}}}"
        return text

    found = over(nested(key[:-1] + ", kept: 1, x: 1}"), nested(other, key[:-1] + ", x: 2}")).at(*path).plain()
    first, second = node(key).plain(), node(other).plain()
    assert found == [{**first, "kept": 1, "x": 2}, second]


def test_an_ethernet_interface_may_be_renamed_for_its_port_is_its_key():
    found = over("interfaces: {ethernet: [{name: enp0s3, port: {name: enp0s3}, mtu: 9000}]}",
                 "interfaces: {ethernet: [{name: oam0, port: {name: enp0s3}}]}")  # fmt: skip
    assert found.plain() == {"interfaces": {"ethernet": [{"name": "oam0", "port": {"name": "enp0s3"}, "mtu": 9000}]}}


def test_ethernet_interfaces_over_others_have_no_port_and_are_known_by_name():
    found = over("interfaces: {ethernet: [{name: a, lower: s0, port: {name: dummy}}]}",
                 "interfaces: {ethernet: [{name: b, lower: s0, port: {name: dummy}}]}")  # fmt: skip
    assert [element.text("name") for element in found.listed("interfaces", "ethernet")] == ["a", "b"]


def test_a_vlan_that_changes_its_class_stays_one_interface():
    found = over("interfaces: {vlan: [{name: v, class: data, vid: 5}]}", "interfaces: {vlan: [{name: v, class: none}]}")
    assert found.plain() == {"interfaces": {"vlan": [{"name": "v", "class": "none", "vid": 5}]}}


def test_functions_of_a_processor_and_pages_of_memory_have_keys_of_their_own():
    found = over("processors: [{node: 0, functions: [{function: platform, count: 1}, {function: shared, count: 1}]}]",
                 "processors: [{node: 0, functions: [{function: platform, count: 2}]}]")  # fmt: skip
    functions = found.get("processors").plain()[0]["functions"]
    assert functions == [{"function": "platform", "count": 2}, {"function": "shared", "count": 1}]
    found = over("memory: [{node: 0, functions: [{function: vm, pageSize: 2MB, pageCount: 1}]}]",
                 "memory: [{node: 0, functions: [{function: vm, pageSize: 1GB, pageCount: 2}]}]")  # fmt: skip
    assert len(found.get("memory").plain()[0]["functions"]) == 2


def test_physical_volumes_and_storage_backends_have_no_key():
    found = over("storage: {volumeGroups: [{name: v, physicalVolumes: [{path: a}]}]}",
                 "storage: {volumeGroups: [{name: v, physicalVolumes: [{path: b}]}]}")  # fmt: skip
    assert found.plain()["storage"]["volumeGroups"][0]["physicalVolumes"] == [{"path": "b"}]
    backends = over("storage: {backends: [{name: a}]}", "storage: {backends: [{name: b}]}", SPEC_RULES["System"])
    assert backends.plain() == {"storage": {"backends": [{"name": "b"}]}}


def test_an_element_marked_for_removal_is_dropped_at_the_end():
    marked = over("routes: [{interface: a, subnet: s, prefix: 1, gateway: g}, {interface: b, subnet: s}]",
                  "routes: [{interface: a, subnet: s, prefix: 1, gateway: g, $remove: true}]")  # fmt: skip
    assert swept(marked, HOST).plain() == {"routes": [{"interface": "b", "subnet": "s"}]}


def test_a_later_layer_may_bring_a_removed_element_back_afresh():
    marked = over("interfaces: {vf: [{name: a, vfCount: 4}]}", "interfaces: {vf: [{name: a, $remove: true}]}")
    again = merge(marked, node("interfaces: {vf: [{name: a, lower: s}]}"), HOST)
    assert swept(again, HOST).plain() == {"interfaces": {"vf": [{"name": "a", "lower": "s"}]}}


def test_a_key_twice_in_one_list_is_an_error_that_names_both_places():
    errors = given_twice(node("storage:\n  osds:\n  - path: /dev/a\n  - path: /dev/a\n"), "HostProfile p", HOST)
    assert [str(error) for error in errors] == [
        "f.yaml:4:5: HostProfile p: storage.osds has /dev/a twice, first at f.yaml:3: keep one of them"
    ]


def test_what_is_not_overridden_keeps_its_place():
    found = over("{location: here, kernel: standard}", "{kernel: lowlatency}")
    assert (found.get("location").origin.file, found.get("kernel").origin.file) == ("lower.yaml", "upper.yaml")


# The laws, on any value of a form that has every rule in it.

RULE = Rule({"keyed": Rule({"inner": Rule(key=by("k")), "free": FREE}, by("k")), "free": FREE})
SCALARS = st.sampled_from([None, "", "a", "b", 0, 1, True, False])
PLAIN_LISTS = st.lists(st.sampled_from(["x", "y", "z"]), max_size=3)


def keyed(**members):
    elements = st.fixed_dictionaries({"k": st.integers(0, 3)}, optional=members)
    return st.lists(elements, max_size=3, unique_by=lambda element: element["k"])


def values(*, empty_lists):
    def lists(strategy):
        return strategy if empty_lists else strategy.filter(bool)

    inner = lists(keyed(s=SCALARS))
    free = st.dictionaries(st.sampled_from("pqr"), SCALARS, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "s": SCALARS,
            "t": SCALARS,
            "list": lists(PLAIN_LISTS),
            "struct": st.fixed_dictionaries({}, optional={"s": SCALARS, "list": lists(PLAIN_LISTS)}),
            "free": free,
            "keyed": lists(keyed(s=SCALARS, inner=inner, free=free)),
        },
    )


def placed(value, file, path=()):
    """A value as nodes, each with a place of its own."""
    origin = Origin(file, hash(path) % 1000 + 1, len(path) + 1)
    if isinstance(value, dict):
        return Node({key: placed(member, file, (*path, key)) for key, member in value.items()}, origin)
    if isinstance(value, list):
        return Node(tuple(placed(element, file, (*path, i)) for i, element in enumerate(value)), origin)
    return Node(value, origin)


def said(node):
    """Without nulls: null and an absent key are the same to every reader."""
    if isinstance(node.value, dict):
        return {key: said(member) for key, member in node.members()}
    return [said(element) for element in node.items()] if isinstance(node.value, tuple) else node.value


def scalars(node):
    if isinstance(node.value, dict):
        for member in node.value.values():
            yield from scalars(member)
    elif isinstance(node.value, tuple):
        for element in node.value:
            yield from scalars(element)
    else:
        yield node


ANY = values(empty_lists=True)


@given(ANY)
def test_a_value_over_itself_is_itself(value):
    a = placed(value, "a")
    assert said(merge(a, placed(value, "b"), RULE)) == said(a)


@given(ANY, ANY)
def test_merging_the_same_layer_again_changes_nothing(one, other):
    a, b = placed(one, "a"), placed(other, "b")
    once = merge(a, b, RULE)
    assert said(merge(once, b, RULE)) == said(once)


@given(ANY)
def test_nothing_over_a_value_and_a_value_over_nothing_are_the_value(value):
    a = placed(value, "a")
    assert merge(a, None, RULE) is a
    assert merge(None, a, RULE) is a
    assert said(merge(a, placed({}, "b"), RULE)) == said(a)


@given(*[values(empty_lists=False)] * 3)
def test_layers_may_be_grouped_where_no_list_is_cleared(one, two, three):
    a, b, c = placed(one, "a"), placed(two, "b"), placed(three, "c")
    left = merge(merge(a, b, RULE), c, RULE)
    right = merge(a, merge(b, c, RULE), RULE)
    assert said(left) == said(right)
    assert said(merged(iter((a, b, c)), RULE)) == said(left)


@given(ANY, ANY)
def test_every_value_comes_from_one_of_the_layers_with_its_place(one, other):
    a, b = placed(one, "a"), placed(other, "b")
    given_nodes = {id(scalar) for scalar in (*scalars(a), *scalars(b))}
    assert all(id(scalar) in given_nodes for scalar in scalars(merge(a, b, RULE)))


@given(ANY, ANY)
def test_merging_changes_none_of_its_layers(one, other):
    a, b = placed(one, "a"), placed(other, "b")
    merge(a, b, RULE)
    assert (a.plain(), b.plain()) == (one, other)


@given(ANY, ANY)
def test_an_absent_key_keeps_what_is_below(one, other):
    result = said(merge(placed(one, "a"), placed({k: v for k, v in other.items() if k != "s"}, "b"), RULE))
    assert result.get("s") == said(placed(one, "a")).get("s")
