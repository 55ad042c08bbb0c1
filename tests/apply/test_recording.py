"""What a sending tells while it happens: every look that decides, every call with its answer, every wait."""

from __future__ import annotations

from reconciler.apply import send
from reconciler.diff import compare
from reconciler.model.kind import Context
from reconciler.plan import plan
from tests.apply.fakes import FakeSite, busy, refused, unreachable, work_on
from tests.worlds import KINDS, Iface, Net, snap

WANT = snap(Net(name="a", mtu=1500), Iface(name="eth0", mtu=9000))
HAVE = snap(Net(name="a", mtu=1400), Iface(name="eth0", mtu=1500))


async def recorded(site):
    """(stage, host, deed, text) of everything that was told."""
    told = []
    work = work_on(site, WANT)
    work.record = told.append
    await send(plan(compare(WANT, HAVE, KINDS), Context(WANT, HAVE), KINDS, ()), work)
    assert [h.at for h in told] == sorted(h.at for h in told)
    return [(h.stage, h.host, str(h.deed), h.text) for h in told]


async def test_each_look_call_answer_and_wait_is_told_in_order():
    told = await recorded(FakeSite(HAVE))
    assert told == [
        (0, "", "seen", "net/a: to be changed"),
        (0, "", "sent", "PATCH /v1/net/uuid-of-a"),
        (0, "", "answered", "ok"),
        (0, "", "seen", "net/a: as wanted"),
        (1, "controller-0", "seen", "controller-0/iface/eth0: as it was planned for"),
        (1, "controller-0", "seen", "controller-0 is unlocked-enabled-available"),
        (1, "controller-0", "seen", "no gate is closed"),
        (1, "controller-0", "sent", "PATCH /v1/ihosts/uuid-controller-0 (lock)"),
        (1, "controller-0", "answered", "ok"),
        (1, "controller-0", "waits", "until controller-0 is locked, at most 1800 s"),
        (1, "controller-0", "seen", "controller-0 is locked-disabled-online"),
        (1, "controller-0", "seen", "controller-0/iface/eth0: to be changed"),
        (1, "controller-0", "sent", "PATCH /v1/iface/uuid-of-eth0"),
        (1, "controller-0", "answered", "ok"),
        (1, "controller-0", "seen", "controller-0/iface/eth0: as wanted"),
        (1, "controller-0", "seen", "controller-0 is locked-disabled-online"),
        (1, "controller-0", "sent", "PATCH /v1/ihosts/uuid-controller-0 (unlock)"),
        (1, "controller-0", "answered", "ok"),
        (1, "controller-0", "waits", "until controller-0 is unlocked and in service, at most 5400 s"),
        (1, "controller-0", "seen", "controller-0 is unlocked-enabled-available"),
    ]


async def test_an_answer_is_told_by_its_status_and_words():
    site = FakeSite(HAVE)
    site.before["PATCH /v1/net"] = [refused("mtu is out of range")]
    told = await recorded(site)
    assert told[2] == (0, "", "answered", "400: mtu is out of range")
    assert told[3][2:] == ("stopped", str(refused("mtu is out of range")))
    assert len(told) == 4


async def test_a_wait_for_a_busy_platform_is_told():
    site = FakeSite(HAVE)
    site.before["PATCH /v1/net"] = [busy()]
    told = [(deed, text) for _, _, deed, text in await recorded(site)]
    assert told[1:6] == [
        ("sent", "PATCH /v1/net/uuid-of-a"),
        ("answered", "400: is pending. Please wait"),
        ("waits", "to be asked again"),
        ("sent", "PATCH /v1/net/uuid-of-a"),
        ("answered", "ok"),
    ]


async def test_a_call_without_an_answer_is_told_and_what_the_look_after_it_showed():
    site = FakeSite(HAVE)
    site.after["PATCH /v1/net"] = [unreachable(sent=True)]
    told = [(deed, text) for _, _, deed, text in await recorded(site)]
    assert told[1:5] == [
        ("sent", "PATCH /v1/net/uuid-of-a"),
        ("answered", "no usable answer (timeout): timed out"),
        ("seen", "it took effect"),
        ("seen", "net/a: as wanted"),
    ]


async def test_what_was_done_by_somebody_else_is_told_and_not_sent():
    told = [(deed, text) for _, _, deed, text in await recorded(FakeSite(WANT))]
    assert told[0] == ("seen", "net/a: as wanted already")
    assert not [text for deed, text in told if deed == "sent" and "ihosts" not in text]
