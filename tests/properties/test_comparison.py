"""Our comparison finds what DeepDiff finds in the same values, normalised: no less and no more."""

from __future__ import annotations

from dataclasses import replace

from deepdiff import DeepDiff
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import compare, spelled
from reconciler.model.words import Action
from tests.properties.direct import KINDS, rendered
from tests.properties.documents import OTTAWA, overlays, site_of
from tests.properties.looks import base, shown
from tests.properties.profile import looking

WRITTEN = overlays(OTTAWA, has_ceph=True)


@st.composite
def moved(draw):
    """The site after somebody has been there: values of some resources put in place of those of others, some gone."""
    have = dict(shown().resources)
    for key in draw(st.lists(st.sampled_from(sorted(have)), unique=True, max_size=6)):
        others = [r for k, r in have.items() if k.kind == key.kind and k != key]
        if not others or draw(st.booleans()):
            del have[key]
            continue
        other, spec = draw(st.sampled_from(others)).spec, have[key].spec
        free = [n for n, fact in KINDS[key.kind].attributes.items() if not fact.key]
        have[key] = replace(have[key], spec=spec.model_copy(update={n: getattr(other, n) for n in free}))
    return replace(shown(), resources=have)


def normal(resources, like):
    """Resource -> attribute -> value in its canonical form; only the attributes that Git says."""
    return {
        str(key): {
            name: plain(KINDS[key.kind].attributes[name].canonical(getattr(resources[key].spec, name)))
            for name in KINDS[key.kind].compared(like[key].spec)
        }
        for key in like
        if key in resources
    }


def plain(value):
    """As DeepDiff takes it: sequences are compared in order, sets as sets."""
    return sorted(map(str, value)) if isinstance(value, frozenset | set) else value


def deepdiff(want, have):
    """{(resource, attribute)} that DeepDiff finds, and the resources that it finds missing.

    Of what no API shows nothing is missing.
    """
    want = {key: resource for key, resource in want.items() if KINDS[key.kind].is_made}
    found = DeepDiff(normal(have, want), normal(want, want), view="tree", ignore_type_in_groups=[(list, tuple)])
    paths = [level.path(output_format="list") for levels in found.values() for level in levels]
    return {(p[0], p[1]) for p in paths if len(p) > 1}, {p[0] for p in paths if len(p) == 1}


def ours(want, have):
    found = compare(want, have, KINDS)
    fields = {(str(c.key), f.name) for c in found.changes for f in c.fields}
    return fields, {str(c.key) for c in found.changes if c.action is Action.CREATE}


@given(written=WRITTEN, have=moved())
@looking(60)
def test_we_find_what_deepdiff_finds(written, have):
    want = spelled(rendered(site_of(OTTAWA.site, written)), have, KINDS)
    assert ours(want, have) == deepdiff(want.resources, have.resources)


@given(have=moved())
@looking(60)
def test_we_find_what_deepdiff_finds_where_the_site_has_moved(have):
    want = spelled(base(), have, KINDS)
    assert ours(want, have) == deepdiff(want.resources, have.resources)


def test_a_site_that_follows_differs_in_nothing_for_either():
    want = spelled(base(), shown(), KINDS)
    assert ours(want, shown()) == deepdiff(want.resources, shown().resources) == (set(), set())
