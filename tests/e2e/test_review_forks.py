"""A stranger's pull request: nothing of it runs, no site is asked, and nothing secret is shown."""

from __future__ import annotations

import pytest

from reconciler.engine import review_making
from tests.e2e.ottawa import ONE_MORE, OWN, SETTINGS
from tests.e2e.test_reviews import estimating, reviewing, token  # noqa: F401

CANARY = "Canary-9c1e-not-for-strangers"


async def test_workflows_hooks_and_attributes_of_a_fork_do_not_run(estimating, tmp_path):  # noqa: F811
    ran = tmp_path / "ran"
    async with estimating() as bench:
        bench.proposes(
            {
                ".github/workflows/run.yaml": f"on: pull_request_target\nrun: touch {ran}\n",
                ".gitattributes": "* filter=evil merge=evil diff=evil\n",
                ".git-hooks/post-checkout": f"#!/bin/sh\ntouch {ran}\n",
                OWN: ONE_MORE,
            },
            is_fork=True,
        )
        await bench.passes(10)
        assert "backhaul" in bench.comment()
        assert not ran.exists()


async def test_objects_that_git_itself_distrusts_are_not_taken_in(estimating, tmp_path):  # noqa: F811
    ran = tmp_path / "ran"
    modules = f'[submodule "x"]\n\tpath = x\n\turl = ../x\n\tupdate = !touch {ran}\n'
    async with estimating() as bench:
        bench.proposes({".gitmodules": modules, OWN: ONE_MORE}, is_fork=True)
        bench.proposes({OWN: ONE_MORE})
        await bench.passes(20)
        assert [text for text in bench.said if "pull request 1" in text and "fsck error" in text]
        assert bench.forge.ours(1) == []
        assert "backhaul" in bench.comment(2)
        assert not ran.exists()


async def test_names_of_files_are_text_and_nothing_else(estimating):  # noqa: F811
    """What conflicts is told by its name, which a stranger chose."""
    name = "subclouds/ottawa-001/@everyone <img src=x> [a](http://x) closes #1.yaml"
    async with estimating() as bench:
        bench.proposes({OWN: ONE_MORE, name: "a: 1\n"}, is_fork=True)
        await bench.passes(20)
        bench.clone.commit({name: "a: 2\n"})
        bench.moves()
        await bench.passes(20)
        said = bench.comment().partition("**Not reviewed**: ")[2]
        assert said.startswith("`")
        assert said.endswith("`")
        assert "`" not in said[1:-1]
        assert "@everyone" in said


async def test_no_site_is_asked_because_of_a_fork(reviewing):  # noqa: F811
    async with reviewing() as bench:
        await bench.clock.sleep(3_600)
        bench.proposes({OWN: ONE_MORE}, is_fork=True)
        await bench.passes(20)
        assert bench.reads == []
        assert "The oldest reading that it rests on is of" in bench.comment()


async def test_a_symlink_is_refused_and_not_followed(estimating, tmp_path):  # noqa: F811
    (tmp_path / "secret.yaml").write_text(CANARY)
    async with estimating() as bench:
        link = bench.clone.folder / OWN
        bench.clone.git("checkout", "--quiet", "--detach", "main")
        link.symlink_to(tmp_path / "secret.yaml")
        bench.clone.commit({})
        head = bench.clone.head()
        bench.clone.git("checkout", "--quiet", "main")
        bench.forge.opened(head, is_fork=True)
        bench.clone.git("update-ref", "refs/pull/1/head", head)
        bench.store.reviews.tell(1)
        await bench.passes(20)
        assert "a symbolic link is never read" in bench.comment()
        assert CANARY not in bench.comment()
        assert bench.statuses()["stxr/validation"] == "failure"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({OWN: "# " + "x" * (5 * 1024 * 1024)}, "larger than 4194304 bytes"),
        ({OWN: "a: &a [x, x]\n" + "".join(f"b{n}: [*a, *a]\n" for n in range(2000))}, OWN),
        ({OWN: "[" * 5000}, OWN),
    ],
)
async def test_huge_and_hostile_files_are_refused_at_their_place(estimating, files, says):  # noqa: F811
    async with estimating() as bench:
        bench.proposes(files, is_fork=True)
        await bench.passes(20)
        assert says in bench.comment()
        assert len(bench.comment()) < 20_000
        assert bench.statuses()["stxr/validation"] == "failure"


async def test_a_fork_of_very_many_files_is_not_read_at_all(estimating, monkeypatch):  # noqa: F811
    monkeypatch.setattr(review_making, "MOST_OF_A_FORK", 20)
    async with estimating() as bench:
        bench.proposes({f"subclouds/s{n}/site.yaml": "mode: apply\n" for n in range(30)}, is_fork=True)
        await bench.passes(20)
        assert bench.forge.ours(1) == []
        assert bench.statuses()["stxr/plan"] == "failure"
        [row] = [row for row in bench.forge.shown[bench.forge.pulls[1].head] if row["name"] == "stxr/plan"]
        assert "changes more than 20 files" in row["text"]


async def test_a_secret_that_a_fork_names_is_neither_read_nor_shown(estimating, monkeypatch, tmp_path):  # noqa: F811
    """A reference is a name; what it names is read for no review."""
    file = tmp_path / "key.pem"
    file.write_text(CANARY)
    file.chmod(0o600)
    monkeypatch.setenv("SITE_BMC_PASSWORD", CANARY)
    secrets = f"""\
secrets:
  bmc:
    username: root
    secretRef: env:SITE_BMC_PASSWORD
  paper:
    secretRef: file:{file}
"""
    async with estimating() as bench:
        before = (bench.clone.folder / SETTINGS).read_text()
        bench.proposes({SETTINGS: before + secrets, OWN: ONE_MORE}, is_fork=True)
        await bench.passes(20)
        [made] = bench.store.reviews.made(10)
        everything = f"{bench.comment()}{bench.store.reviews.review(made.id)}{bench.said}{bench.forge.shown}"
        assert CANARY not in everything
