"""Whatever a fleet says: layered, every site says exactly what it said; no profile serves one site; order is nothing."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adopt import text
from reconciler.adopt.tree import Document
from reconciler.desired import load_site, parse_blob, said
from reconciler.engine.factoring import factor
from reconciler.model.site import SiteFiles

texts = st.sampled_from(
    ["enabled", "on", "1", "${x}", "$", "$${", "a b", "52:54:00:00:00:01", "10.0.0.1", "", "site-1"]
)
words = st.sampled_from(["Ottawa", "on", "1", "a b", "10.0.0.1", "site-1", "In Ottawa"])
consoles = st.sampled_from(["ttyS0", "ttyS1,115200n8"])
addresses = st.sampled_from(["10.0.0.1", "10.0.1.1", "10.0.0.2", "fd00::1"])
names = st.sampled_from(["alpha", "beta", "gamma"])
ports = st.dictionaries(
    st.sampled_from(["enp0s3", "enp0s8", "ens1f0"]),
    st.fixed_dictionaries({}, optional={"mtu": st.integers(1500, 1502), "platformNetworks": st.just([])}),
)
hosts = st.fixed_dictionaries(
    {"personality": st.sampled_from(["controller", "worker"])},
    optional={
        "console": consoles,
        "labels": st.dictionaries(names, texts, min_size=1),
        "routes": st.lists(st.integers(0, 3), unique=True, min_size=1),
        "ports": ports.filter(bool),
    },
)
pools = st.fixed_dictionaries(
    {"subnet": st.sampled_from(["10.0.0.0", "10.0.1.0", "fd00::"]), "prefix": st.sampled_from([16, 24])},
    optional={"ends": st.lists(st.integers(1, 3), min_size=1, max_size=2)},
)
systems = st.fixed_dictionaries(
    {}, optional={"contact": words, "dnsServers": st.lists(addresses, max_size=2), "location": words}
)
bodies = st.fixed_dictionaries(
    {"System": systems, "pools": st.dictionaries(names, pools, max_size=2)},
    optional={"hosts": st.dictionaries(st.sampled_from(["controller-0", "worker-0", "worker-1"]), hosts)},
)


@st.composite
def fleets(draw):
    """Site -> its documents: some bodies that many have, and some that are changed a little for one site."""
    shapes = draw(st.lists(bodies, min_size=1, max_size=3))
    fleet = {}
    for number in range(draw(st.integers(1, 9))):
        body = dict(draw(st.sampled_from(shapes)))
        if draw(st.integers(0, 2)) == 0:
            body |= draw(
                st.fixed_dictionaries({}, optional={"System": systems, "hosts": st.dictionaries(names, hosts)})
            )
        name = f"site-{number}"
        fleet[name] = documents(name, body)
    return fleet


def documents(name: str, body: dict) -> list[Document]:
    system = {**body["System"], "description": f"Site {name}"}
    found = [Document("System", name, system)]
    for pool, values in body["pools"].items():
        ranges = [{"start": f"10.0.0.{n}", "end": f"10.0.0.{n + 9}"} for n in values.get("ends", ())]
        spec = {"subnet": values["subnet"], "prefix": values["prefix"]}
        found.append(Document("AddressPool", pool, {**spec, "allocation": {"order": "random", "ranges": ranges}}))
    for host, values in body.get("hosts", {}).items():
        found.append(Document("HostProfile", f"{host}-profile", {"personality": values["personality"]}))
        found.append(Document("Host", host, {"profile": f"{host}-profile", "overrides": overrides(values)}))
    return found


def overrides(values: dict) -> dict:
    spec = {key: values[key] for key in ("console", "labels") if key in values}
    if "routes" in values:
        routes = [
            {"interface": "oam0", "subnet": f"10.9.{n}.0", "prefix": 24, "gateway": "10.0.0.1"}
            for n in values["routes"]
        ]
        spec["routes"] = routes
    found = {"eno1": {"name": "oam0"}, **values.get("ports", {})}
    ethernet = [{"name": port, "class": "platform", "port": {"name": port}, **more} for port, more in found.items()]
    spec["interfaces"] = {"ethernet": ethernet}
    return spec


def files(name: str, found: list[Document]) -> SiteFiles:
    folder = f"subclouds/{name}"
    content = {"site.yaml": f"name: {name}\nmode: observe\n", "deployment-config.yaml": text(found)}
    return SiteFiles(name, "", "", {f"{folder}/{file}": body.encode() for file, body in content.items()})


def layered(name: str, found) -> SiteFiles:
    shared = {path: text for profile in found.profiles for path, text in profile.files.items()}
    return SiteFiles(name, "", "", {path: text.encode() for path, text in {**shared, **found.sites[name]}.items()})


def meaning(files: SiteFiles) -> set[str]:
    return {repr(one) for one in said(load_site(files))}


@settings(deadline=None, max_examples=60)
@given(fleets())
def test_every_site_says_exactly_what_it_said(fleet):
    whole = {name: files(name, found) for name, found in fleet.items()}
    found = factor(whole)
    assert found.after <= found.before
    for name in found.sites:
        assert meaning(layered(name, found)) == meaning(whole[name])


@settings(deadline=None, max_examples=60)
@given(fleets())
def test_no_profile_says_a_value_for_one_site_alone(fleet):
    whole = {name: files(name, found) for name, found in fleet.items()}
    found = factor(whole)
    wanted = {name: leaves(whole[name]) for name in found.sites}
    by_layers = {name: leaves(without_own_documents(layered(name, found))) for name in found.sites}
    said_by = Counter(
        (place, repr(value))
        for name, of in by_layers.items()
        for place, value in of.items()
        if repr(wanted[name].get(place)) == repr(value)
    )
    for name, of in by_layers.items():
        given = [str(value) for value in values_of(layered(name, found)).values()]
        for place, value in of.items():
            is_given = any(text in str(value) for text in given)
            assert is_given or said_by[place, repr(value)] != 1, (name, place, value)


def without_own_documents(files: SiteFiles) -> SiteFiles:
    """What its layers say of a site."""
    own = f"subclouds/{files.name}/deployment-config.yaml"
    return SiteFiles(files.name, "", "", {path: text for path, text in files.files.items() if path != own})


def values_of(files: SiteFiles) -> dict:
    path = f"subclouds/{files.name}/site.yaml"
    root = parse_blob(path, files.files[path]).root
    return root.plain().get("values", {})


def leaves(files: SiteFiles) -> dict:
    return {(one.document, one.name, one.path): one.value for one in said(load_site(files)) if one.path}


@settings(deadline=None, max_examples=60)
@given(fleets(), st.randoms(use_true_random=False))
def test_equal_fleets_give_equal_bytes_in_whatever_order(fleet, random):
    whole = {name: files(name, found) for name, found in fleet.items()}
    names = list(whole)
    random.shuffle(names)
    one, other = factor(whole), factor({name: whole[name] for name in names})
    assert {p.name: p.files for p in one.profiles} == {p.name: p.files for p in other.profiles}
    assert dict(sorted(one.sites.items())) == dict(sorted(other.sites.items()))
    assert Counter(one.sites) == Counter(other.sites)
