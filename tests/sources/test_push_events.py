"""What forges say of pushes: headers and body in, what becomes of it out."""

import hmac
from hashlib import sha256

import orjson
import pytest

from reconciler.model.forge import Forge
from reconciler.sources.push_events import Delivery, judged

SECRET = "shared-with-the-forge"
PUSH = orjson.dumps({"ref": "refs/heads/main", "after": "c0ffee", "repository": {"name": "sites"}})


def signature(body=PUSH, secret=SECRET):
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def github(body=PUSH, event="push", **said):
    return {"x-github-event": event, "x-hub-signature-256": f"sha256={signature(body)}", **said}


def gitlab(event="Push Hook", token=SECRET):
    return {"x-gitlab-event": event, "x-gitlab-token": token}


def gitea(body=PUSH, event="push"):
    """Gitea and Forgejo send GitHub's headers besides."""
    return {"x-gitea-event": event, "x-gitea-signature": signature(body), **github(body, event)}


@pytest.mark.parametrize(
    ("headers", "forge"), [(github(), Forge.GITHUB), (gitlab(), Forge.GITLAB), (gitea(), Forge.GITEA)]
)
def test_a_signed_push_is_accepted(headers, forge):
    event = judged(headers, PUSH, [SECRET], "main")
    assert (event.forge, event.delivery, event.branch) == (forge, Delivery.ACCEPTED, "main")


def test_any_of_several_secrets_opens():
    assert judged(github(), PUSH, ["the-old-one", SECRET]).delivery is Delivery.ACCEPTED


@pytest.mark.parametrize(
    "headers",
    [
        github(b"another body"),
        gitlab(token="another"),
        {**gitea(), "x-gitea-signature": signature(b"another body")},
        github() | {"x-hub-signature-256": "sha256=é"},
    ],
)
def test_a_signature_by_nobody_we_know_is_forged(headers):
    assert judged(headers, PUSH, [SECRET]).delivery is Delivery.FORGED


@pytest.mark.parametrize(
    "headers", [{}, {"x-github-event": "push"}, {"x-gitlab-event": "Push Hook"}, {"x-gitea-event": "push"}]
)
def test_without_a_signature_nothing_is_taken(headers):
    assert judged(headers, PUSH, [SECRET]).delivery is Delivery.UNSIGNED


def test_without_a_secret_of_ours_nothing_is_taken():
    assert judged(github(), PUSH, []).delivery is Delivery.FORGED
    assert judged(gitlab(token=""), PUSH, [""]).delivery is Delivery.UNSIGNED


def test_the_weaker_signature_of_old_is_none():
    headers = {"x-github-event": "push", "x-hub-signature": "sha1=0123"}
    assert judged(headers, PUSH, [SECRET]).delivery is Delivery.UNSIGNED


@pytest.mark.parametrize("headers", [github(event="ping"), gitlab(event="Tag Push Hook"), gitea(event="issues")])
def test_what_is_no_push_is_ignored(headers):
    assert judged(headers, PUSH, [SECRET]).delivery is Delivery.OTHER_EVENT


@pytest.mark.parametrize("ref", ["refs/heads/feature", "refs/tags/main", "refs/heads/main2"])
def test_another_branch_or_a_tag_is_ignored(ref):
    body = orjson.dumps({"ref": ref})
    assert judged(github(body), body, [SECRET], "main").delivery is Delivery.OTHER_BRANCH


def test_a_branch_may_have_slashes():
    body = orjson.dumps({"ref": "refs/heads/fleet/north"})
    assert judged(github(body), body, [SECRET], "fleet/north").branch == "fleet/north"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"push"', b"{}", b'{"ref": 7}'])
def test_a_signed_body_that_names_no_ref_is_malformed(body):
    assert judged(github(body), body, [SECRET]).delivery is Delivery.MALFORMED


def test_equal_bodies_have_equal_digests_whatever_number_they_carry():
    one, other = (judged(github(**{"x-github-delivery": number}), PUSH, [SECRET]) for number in ("1", "2"))
    assert one.digest == other.digest != ""
