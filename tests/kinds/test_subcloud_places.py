"""What is said of a site's place in the central cloud is told where it is said: in the site's file, its group or the defaults."""

from __future__ import annotations

import pytest

from reconciler.desired import load_site
from reconciler.kinds import registry
from tests.desired.writing import site_files

KINDS = registry()
FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: a
defaults:
  subcloud:
    state: managed
    sysadmin: {secretRef: "file:/secrets/{site}"}
"""
SITE = """\
subcloud:
  group: east
  location: Hull
  redeploy: CHG-1
"""
BOOTSTRAP = "name: ottawa\nlocation: Ottawa\n"


def declared(kind, site=SITE):
    files = site_files({"site.yaml": site, "bootstrap-values.yaml": BOOTSTRAP}, {"fleet.yaml": FLEET})
    (found,) = KINDS[kind].declare(load_site(files))
    return found


@pytest.mark.parametrize(
    ("kind", "attribute", "place"),
    [
        ("subcloud", "group", "site.yaml:2"),
        ("subcloud", "location", "site.yaml:3"),
        ("subcloud-redeployment", "token", "site.yaml:4"),
        ("subcloud-management", "state", "fleet.yaml:6"),
        ("subcloud-bootstrap", "sysadmin", "fleet.yaml:7"),
    ],
)
def test_each_word_is_told_at_its_own_file_and_line(kind, attribute, place):
    assert str(declared(kind).origin_of(attribute)).endswith(place)


def test_a_word_to_delete_is_told_where_it_stands():
    assert str(declared("subcloud-deletion", "subcloud: {delete: ottawa}\n").origin).endswith("site.yaml:1")
