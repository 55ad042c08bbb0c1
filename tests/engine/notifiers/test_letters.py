"""A notice in the words of each notifier: which address, which body, whose secrets."""

from __future__ import annotations

import base64
import hmac
from dataclasses import replace

import orjson
import pytest

from reconciler.engine.notifiers.alertmanager import Alertmanager
from reconciler.engine.notifiers.mail import Mail
from reconciler.engine.notifiers.slack import Slack
from reconciler.engine.notifiers.teams import Teams
from reconciler.engine.notifiers.webhook import Webhook
from reconciler.model.errors import ConfigError
from reconciler.model.notice import Topic
from reconciler.model.words import Severity
from tests.model.notices import notice

NOW = 1_795_000_060.0
DRIFT = notice()
OVER = replace(DRIFT, is_over=True, state="resolved", title=f"over: {DRIFT.title}")
MANY = [replace(DRIFT, key=str(n)) for n in range(25)]


@pytest.fixture
def folder(tmp_path):
    for name, said in {"url": "https://hooks.example.com/T0/s3cret", "key": "k3y", "password": "pass"}.items():
        (tmp_path / name).write_text(f"{said}\n")
        (tmp_path / name).chmod(0o600)
    return tmp_path


def by_file(name):
    return {"secretRef": f"file:{name}"}


def test_a_webhook_gets_cloud_events_that_it_can_verify(folder):
    hook = Webhook(type="webhook", name="any", url=by_file("url"), signing_key=by_file("key"))
    letter = hook.letter([DRIFT], folder, NOW)
    (event,) = orjson.loads(letter.body)
    assert (event["specversion"], event["type"]) == ("1.0", "io.stxr.drift.out-of-band")
    assert (event["subject"], event["time"]) == (DRIFT.key, "2026-11-18T11:06:40Z")
    assert event["data"]["sites"] == ["sc-1", "sc-2", "sc-3"]
    assert letter.headers["Content-Type"] == "application/cloudevents-batch+json"
    signed = f"{letter.headers['webhook-id']}.{letter.headers['webhook-timestamp']}.".encode() + letter.body
    expected = base64.b64encode(hmac.digest(b"k3y", signed, "sha256")).decode()
    assert letter.headers["webhook-signature"] == f"v1,{expected}"


def test_the_same_message_sent_again_has_the_same_id(folder):
    hook = Webhook(type="webhook", name="any", url=by_file("url"), signing_key=by_file("key"))
    first, again = (hook.letter([DRIFT], folder, at) for at in (NOW, NOW + 60))
    assert first.headers["webhook-id"] == again.headers["webhook-id"]


def test_a_chat_room_gets_one_message_and_nobody_is_mentioned_by_a_sites_text(folder):
    slack = Slack(type="slack", name="noc", url=by_file("url"))
    letter = slack.letter([replace(DRIFT, text="label is <!channel> & more")], folder, NOW)
    said = orjson.loads(letter.body)
    assert said["text"] == DRIFT.title
    assert said["attachments"][0]["text"] == "label is &lt;!channel&gt; &amp; more"
    assert {field["title"] for field in said["attachments"][0]["fields"]} >= {"Sites", "Next", "Git says it in"}


def test_a_message_spells_out_ten_and_counts_the_others(folder):
    said = orjson.loads(Slack(type="slack", name="noc", url=by_file("url")).letter(MANY, folder, NOW).body)
    assert said["text"] == "stx-reconciler: 25 new"
    assert said["attachments"][-1]["text"] == "and 15 more: `stxr status`"


def test_a_card_of_teams_stays_below_what_teams_takes(folder):
    long = [replace(one, text="x" * 5_000, title="t" * 500) for one in MANY]
    letter = Teams(type="teams", name="noc", url=by_file("url")).letter(long, folder, NOW)
    assert len(letter.body) < 28_000
    card = orjson.loads(letter.body)["attachments"][0]["content"]
    assert (card["type"], card["body"][0]["text"]) == ("AdaptiveCard", "stx-reconciler: 25 new")


def test_alertmanager_keeps_one_alert_for_one_cause(folder):
    told = Alertmanager(type="alertmanager", name="am", url="http://alertmanager:9093", labels={"team": "edge"})
    fires, more, over = (
        orjson.loads(told.letter([one], folder, NOW).body)[0]
        for one in (DRIFT, replace(DRIFT, sites=tuple("abcdefgh"), text="other words"), OVER)
    )
    assert fires["labels"] == more["labels"] == over["labels"]
    assert fires["labels"]["alertname"] == "StxrDrift"
    assert fires["labels"]["severity"] == "warning"
    assert (fires["endsAt"], over["endsAt"]) == ("2026-11-18T11:12:40Z", "2026-11-18T11:07:40Z")
    assert "origin" in fires["annotations"]


def test_mail_says_it_in_plain_text_and_no_line_of_it_becomes_a_header(folder):
    mail = Mail(
        type="mail", name="ops", host="mx", sender="stxr@example.com", recipients=("noc@example.com",),
        username="stxr", password=by_file("password"),
    )  # fmt: skip
    letter = mail.letter([replace(DRIFT, title="drifted\r\nBcc: all@example.com")], folder, NOW)
    assert letter.subject == "drifted Bcc: all@example.com"
    assert "Next:            stxr drift --fingerprint 77aa01c2d3" in letter.text
    assert letter.password == "pass"


def test_no_secret_is_in_what_is_printed_of_a_letter(folder):
    letters = [
        Slack(type="slack", name="noc", url=by_file("url")).letter([DRIFT], folder, NOW),
        Mail(type="mail", name="m", host="mx", sender="a@b", recipients=("c@d",), password=by_file("password")).letter(
            [DRIFT], folder, NOW
        ),
    ]
    assert "s3cret" not in repr(letters)
    assert "pass'" not in repr(letters)


def test_a_secret_that_is_gone_is_told_by_its_reference(folder):
    with pytest.raises(ConfigError, match="file:nowhere"):
        Slack(type="slack", name="noc", url=by_file("nowhere")).letter([DRIFT], folder, NOW)


def test_each_chooses_what_it_is_told_of():
    told = Slack(type="slack", name="noc", url=by_file("url"), topics={"drift"}, groups={"ran"}, least="outage")
    assert told.wants(replace(DRIFT, severity=Severity.OUTAGE))
    assert told.wants(replace(DRIFT, severity=Severity.OUTAGE, group=""))  # of more groups than one
    assert not told.wants(DRIFT)
    assert not told.wants(replace(DRIFT, severity=Severity.OUTAGE, group="rail"))
    assert not told.wants(replace(DRIFT, severity=Severity.OUTAGE, topic=Topic.HELD))
