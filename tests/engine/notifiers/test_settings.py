"""The file that says who is told, and what is wrong in it."""

from __future__ import annotations

import pytest

from reconciler.engine.notifiers.settings import notifiers_of
from reconciler.model.errors import ConfigErrors

GOOD = """
notifiers:
- {name: noc, type: slack, url: {secretRef: "file:slack"}, topics: [drift, rollout]}
- {name: ops, type: mail, host: mx.example.com, sender: stxr@example.com, recipients: [noc@example.com]}
- {name: bus, type: webhook, url: {secretRef: "env:BUS"}, signingKey: {secretRef: "env:KEY"}}
- {name: room, type: teams, url: {secretRef: "file:teams"}, every: 60}
- {name: am, type: alertmanager, url: "http://alertmanager:9093"}
"""
TWICE = (
    "notifiers: [{name: x, type: slack, url: {secretRef: 'env:A'}}, {name: x, type: slack, url: {secretRef: 'env:B'}}]"
)


def said(tmp_path, text):
    (tmp_path / "notifications.yaml").write_text(text)
    return notifiers_of(tmp_path / "notifications.yaml")


def test_every_kind_of_notifier_can_be_said(tmp_path):
    assert [one.name for one in said(tmp_path, GOOD)] == ["noc", "ops", "bus", "room", "am"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("notifiers: [{name: x, type: pager}]", "notifiers.0: Input tag 'pager'"),
        ("notifiers: [{name: x, type: slack, url: 'https://hooks.example.com/s3cret'}]", "must be a reference"),
        ("notifiers: [{name: X!, type: slack, url: {secretRef: 'env:A'}}]", "notifiers.0.slack.name"),
        ("notifiers: [{name: x, type: alertmanager, url: 'https://u:s3cret@am'}]", "notifiers.0.alertmanager.url"),
        ("notifiers: [{name: x, type: slack, url: {secretRef: 'env:A'}, topics: []}]", "topics"),
        ("notifiers: [{name: x, type: mail, host: h, sender: a, recipients: [b@c]}]", "sender"),
        ("notify: []", "notify"),
        ("notifiers: [", "is no YAML, line 1"),
        (TWICE, "the name x is there 2 times"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands_and_no_secret_with_it(tmp_path, text, says):
    with pytest.raises(ConfigErrors) as refused:
        said(tmp_path, text)
    assert says in str(refused.value)
    assert "notifications.yaml" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigErrors, match="cannot be read: No such file"):
        notifiers_of(tmp_path / "none.yaml")
