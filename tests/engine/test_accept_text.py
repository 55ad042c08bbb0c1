"""The text of a pull request that accepts: every value, with the past of its drift, and nothing that a site wrote is read."""

from __future__ import annotations

from reconciler.engine.accept import Acceptance
from reconciler.engine.accept_text import LONGEST_SUBJECT, description, message, subject
from reconciler.engine.accept_wishes import Item
from reconciler.engine.proposing import branch_of
from reconciler.model.alarm import Noted
from reconciler.model.drift import Drift, DriftCause
from reconciler.model.resource import ResourceKey
from tests.model.verdicts import difference

DNS = Item(ResourceKey("dns", "", ""), "servers", ("10.0.0.53",), ("10.9.9.9",), ())
MTU = Item(ResourceKey("ethernet", "data0", "controller-0"), "mtu", 1500, 9000, ())
SEEN = difference(
    "mtu", resource=str(MTU.key), origin="profiles/radio/deployment-config.yaml:12", since=1_795_000_000.0
)
CLUE = Noted(1_794_999_000.0, "401.005", "log", "host=controller-0", reason="login @everyone <b>root</b>")
PAST = Drift(SEEN, DriftCause.OUT_OF_BAND, 1_795_003_600.0, onsets=(1.0, 2.0), clues=(CLUE,))

FIRST = (
    "The site `ottawa` is not as Git says. Merged, Git says what the site shows; nothing is sent to it. "
    "Asked for by `night-shift`."
)


def test_each_value_has_since_when_it_drifts_and_what_was_noted_then():
    text = description(Acceptance("ottawa", (MTU,)), {SEEN.place: PAST}, "night-shift").splitlines()
    mark = PAST.fingerprint
    last = (
        f"  - fingerprint `{mark}`: `stxr drift ottawa --fingerprint {mark}` has where else it is, `stxr drift ottawa "
        f"--history --fingerprint {mark}` (`GET /api/v1/drift/history?fingerprint={mark}`) its past"
    )
    assert text == [
        FIRST,
        "",
        "- `controller-0/ethernet/data0:mtu`: `1500` → `9000`",
        "  - drifts since 2026-11-18 11:06 UTC, 2 times lately, last seen 2026-11-18 12:06 UTC",
        "  - noted at the site 2026-11-18 10:50 UTC: `401.005 log host=controller-0 login @everyone <b>root</b>`",
        "  - Git says otherwise at `profiles/radio/deployment-config.yaml:12`",
        last,
    ]


def test_what_was_accepted_by_name_and_never_drifted_has_no_past():
    assert description(Acceptance("ottawa", (DNS,)), {}).splitlines()[2:] == [
        '- `dns:servers`: `["10.0.0.53"]` → `["10.9.9.9"]`'
    ]


def test_what_is_left_and_who_else_is_reached_is_told():
    told = description(Acceptance("ottawa", (DNS,), reached=("hull",), refused=((MTU, "no document says it"),)), {})
    assert told.splitlines()[-2:] == [
        "It changes 1 other site too: `hull`.",
        "- not accepted: `controller-0/ethernet/data0:mtu`: `no document says it`",
    ]


def test_many_values_are_counted_in_the_subject_and_listed_below_it():
    many = tuple(
        Item(ResourceKey("label", f"a-long-name-{n}", "controller-0"), "value", "a", "b", ()) for n in range(9)
    )
    assert subject(Acceptance("ottawa", (DNS,))) == "Accept dns:servers of ottawa"
    assert subject(Acceptance("ottawa", many)) == "Accept 9 values of ottawa"
    assert len(subject(Acceptance("ottawa", many))) <= LONGEST_SUBJECT
    assert len(message(Acceptance("ottawa", many)).splitlines()) == 11


def test_the_branch_is_named_by_the_site_and_the_values_alone():
    one = branch_of(Acceptance("ottawa 1", (DNS,)))
    assert one.startswith("stxr/accept-ottawa-1-")
    assert one == branch_of(Acceptance("ottawa 1", (DNS,), reached=("hull",)))
    assert one != branch_of(Acceptance("ottawa 1", (MTU,)))
