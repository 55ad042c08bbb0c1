"""What no recording covers is written from somebody's source, and each module says from which."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import reconciler.simulator

ROOT = Path(reconciler.simulator.__file__).parent
SERVICES = ("usm", "vim", "dcmanager", "redfish")
SOURCE = re.compile(r"\w\.py\b|\w+_api\b|[Rr]ecorded|[Rr]ecording|starlingx/\w+|openstack/\w+|nfv_common/\w+")
ITS_OWN = frozenset(("dcmanager/about.py", "dcmanager/beyond.py", "redfish/shell.py"))
"""What carries the simulator itself: its rows of what the cloud is, its ways to its own sites, its HTTP."""


def modules():
    found = (path for service in SERVICES for path in sorted((ROOT / service).rglob("*.py")))
    return [name for path in found if (name := path.relative_to(ROOT).as_posix()) not in ITS_OWN]


@pytest.mark.parametrize("name", modules())
def test_a_module_that_behaves_as_a_service_says_whence_that_is_known(name):
    """In its first words, in a comment, or where a function says what it does: a file of the source, or that it was recorded."""
    text = (ROOT / name).read_text()
    assert ast.get_docstring(ast.parse(text))
    assert SOURCE.search(text), "no recording and no file of the source is named"


@pytest.mark.parametrize("service", ["usm", "vim", "redfish"])
def test_what_no_recording_covers_says_that_it_is_unverified(service):
    assert "unverified" in (ROOT / service / "__init__.py").read_text()
