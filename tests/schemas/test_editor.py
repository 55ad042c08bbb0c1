"""What an editor shows of the files of a site-config repository: docs/editing.md, held to the real server."""

from __future__ import annotations

import shutil
from zlib import crc32

import pytest

from tests.schemas.language_server import PROGRAM, editor
from tests.schemas.test_schemas import FILES, ROOT

pytestmark = pytest.mark.skipif(shutil.which(PROGRAM) is None, reason=f"{PROGRAM} is not installed (npm has it)")

PROFILE = "apiVersion: starlingx.windriver.com/v1\nkind: HostProfile\nmetadata: {name: a}\nspec:\n"
DEPLOYMENT, SITE = "deployment-config", "site"


@pytest.fixture(scope="module")
def session():
    with editor(ROOT) as session:
        yield session


def opened(kind, text):
    """A new file beside those of a site, and its text under the modeline of its kind."""
    file = ROOT / f"sites/subclouds/ottawa-001/new-{crc32(text.encode())}.yaml"
    return file, f"# yaml-language-server: $schema=../../../schemas/{kind}.schema.json\n{text}"


def test_it_complains_of_no_file_of_the_example(session):
    assert {file.name: found for file in FILES if (found := session.complaints(file, file.read_text()))} == {}


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (DEPLOYMENT, "kind: |\n", {"System", "Host", "HostProfile", "PtpInterface"}),
        (DEPLOYMENT, f"{PROFILE}  |\n", {"interfaces", "storage", "ptpInstances", "administrativeState"}),
        (DEPLOYMENT, f"{PROFILE}  interfaces:\n    |\n", {"ethernet", "bond", "vlan", "vf"}),
        (DEPLOYMENT, f"{PROFILE}  interfaces:\n    ethernet:\n    - |\n", {"name", "class", "mtu", "vfCount"}),
        (DEPLOYMENT, f"{PROFILE}  clockSynchronization: |\n", {"ntp", "ptp"}),
        (SITE, "name: a\n|\n", {"layers", "group", "apply", "heal", "system", "hosts"}),
        (SITE, "name: a\nsystem:\n  |\n", {"timezone", "https", "remoteLogging"}),
    ],
)
def test_it_offers_what_may_stand_at_the_cursor(session, kind, text, words):
    assert words <= session.offered(*opened(kind, text))


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (DEPLOYMENT, f"{PROFILE}  clockSynch|ronization: ptp\n", "What sets the host's clock. Absent: not managed."),
        (DEPLOYMENT, f"{PROFILE}  interfaces: {{ethernet: [{{name: a, m|tu: 9000}}]}}\n", "Its MTU, in bytes."),
        (SITE, "name: a\nsystem: {remoteLogging: {po|rt: 514}}\n", "Port of the log server."),
    ],
)
def test_it_tells_what_the_word_at_the_cursor_means(session, kind, text, words):
    assert words in session.told(*opened(kind, text))


@pytest.mark.parametrize(
    ("kind", "text", "line", "words"),
    [
        (
            DEPLOYMENT,
            f"{PROFILE}  interfaces:\n    ethernet:\n    - name: a\n      mtu: 100\n",
            9,
            "below the minimum of 576",
        ),
        (DEPLOYMENT, f"{PROFILE}  kernel: realtime\n", 6, 'Valid values: "lowlatency", "standard"'),
        (SITE, "layer: [common]\n", 2, "Property layer is not allowed"),
    ],
)
def test_it_marks_the_line_that_is_wrong(session, kind, text, line, words):
    file, text = opened(kind, text)
    assert [n for n, message in session.complaints(file, text) if words in message] == [line]
