"""`stxr plan --base --head`: what a commit would do, told in a pull request's check, without a site or a credential."""

from __future__ import annotations

import json

import pytest

from reconciler.model.review_wire import review_of

pytestmark = pytest.mark.usefixtures("offline")

COMMON = "sites/profiles/common/deployment-config.yaml"
RAN = "sites/profiles/aio-sx-ran/deployment-config.yaml"
PLANT = "sites/subclouds/plant-1/site.yaml"


@pytest.fixture
def review(stxr, example):
    """Reviews the working tree, or the revisions named, against the first commit."""

    def review(*words):
        revisions = () if "--base" in words else ("--base", "main")
        return stxr("plan", "--repo", example.folder, "--path", "sites", *revisions, *words)

    return review


def edited(example, path, old, new):
    """The file's new text, one place of it replaced."""
    text = (example.folder / path).read_text()
    assert old in text
    return {path: text.replace(old, new)}


def test_a_commit_that_changes_nothing_ends_with_0(review):
    ended = review()
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "Nothing changes on any site.\n"


def test_a_comment_changes_no_site(review, example):
    example.write(edited(example, COMMON, "# What every site has", "# What all sites have"))
    assert review().code == 0


def test_one_value_of_all_sites_is_one_change_with_old_new_and_place(review, example):
    example.write(edited(example, COMMON, "10.0.1.53", "10.0.2.53"))
    ended = review()
    assert (ended.code, ended.err) == (2, "")
    assert ended.out.count("@@ dns @@") == 1
    assert "  - servers = 10.0.0.53,10.0.1.53\n" in ended.out
    assert "  + servers = 10.0.0.53,10.0.2.53  # profiles/common/deployment-config.yaml:9\n" in ended.out
    assert ended.out.splitlines()[0].startswith("14 sites, equal change: gatineau-001, gatineau-002")
    assert ended.out.splitlines()[0].endswith("and 2 more")
    headline = ended.out.splitlines()[-1]
    assert headline.startswith("14 sites change. No host is locked and no service is interrupted. Begun now, ")
    assert headline.endswith(" It is an estimate: every site is taken to be as Git said before.")


def test_a_change_that_locks_hosts_is_priced_before_anybody_asks(review, example):
    example.write(edited(example, RAN, "      vfCount: 8", "      vfCount: 16"))
    ended = review()
    assert ended.code == 2
    assert (
        "9 of 14 sites change. 9 hosts on 9 sites are locked and reboot; each of these sites has one controller"
        in ended.out
    )
    assert "window on controller-0: lock, then unlock [lock]: the whole site is out of service" in ended.out


def test_only_the_named_sites_are_reviewed(review, example):
    example.write(edited(example, COMMON, "10.0.1.53", "10.0.2.53"))
    assert review("plant-1").out.splitlines()[0] == "1 site: plant-1"


def test_a_name_that_is_no_site_is_an_error_and_not_nothing(review):
    ended = review("plant-9")
    assert (ended.code, ended.err) == (
        1,
        "stxr: no site plant-9 in the repository; did you mean plant-2 or plant-1?\n",
    )


def test_two_revisions_are_compared_without_the_folder_s_edits(review, example):
    first = example.head()
    second = example.commit(edited(example, COMMON, "10.0.1.53", "10.0.2.53"))
    example.write(edited(example, RAN, "      vfCount: 8", "      vfCount: 16"))
    ended = review("--base", first, "--head", second)
    assert "14 sites change. No host is locked" in ended.out
    assert review("--base", second, "--head", "main").code == 0
    assert "9 hosts on 9 sites are locked" in review("--base", second).out


OWN = (("ottawa-001", "hull-001"), ("10.30.0.1", "10.30.9.1"), ("192.168.101.", "192.168.199."))


def copied(example, *own):
    """The folder of a site as another one, with what is its own in place of what it was copied with."""
    for file in ("site.yaml", "install-values.yaml", "bootstrap-values.yaml"):
        text = (example.folder / "sites/subclouds/ottawa-001" / file).read_text()
        for was, now in own:
            text = text.replace(was, now)
        example.write({f"sites/subclouds/hull-001/{file}": text})


def test_a_copied_folder_that_kept_the_board_of_the_first_is_an_error_at_its_line(review, example):
    copied(example, OWN[0])
    ended = review()
    assert ended.code == 1
    assert "error: subclouds/hull-001/install-values.yaml:3:" in ended.err
    assert "bmc_address 10.30.0.1 is that of ottawa-001" in ended.err


def test_a_new_site_is_named_and_checked_and_not_guessed_at(review, example):
    copied(example, *OWN)
    ended = review()
    assert (ended.code, ended.err) == (2, "")
    assert ended.out == (
        "hull-001: new; what it takes is planned once the site is installed and answers\n1 site is new.\n"
    )
    example.write({"sites/subclouds/hull-001/site.yaml": "nme: hull-001\n"})
    assert review().code == 1


def test_a_removed_folder_un_manages_its_site(review, example):
    example.git("rm", "-r", "--quiet", "sites/subclouds/plant-1")
    ended = review()
    assert (ended.code, ended.err) == (2, "")
    assert ended.out.splitlines()[0] == "plant-1: un-managed; nothing on the site changes"
    assert ended.out.endswith("\n1 site is no longer managed.\n")


def test_an_error_of_the_head_is_told_at_its_place_beside_what_the_others_change(review, example):
    example.write(edited(example, PLANT, "name: plant-1", "nme: plant-1"))
    example.write(edited(example, COMMON, "10.0.1.53", "10.0.2.53"))
    ended = review()
    assert ended.code == 1
    assert ended.err.startswith("error: subclouds/plant-1/site.yaml:2:6: site: nme is not known; known are")
    assert "It cannot be merged as it is: 1 error. 13 of 14 sites change." in ended.out


def test_an_error_of_the_base_does_not_stop_the_commit_that_mends_it(review, example):
    good = edited(example, PLANT, "name: plant-1", "name: plant-1")
    bad = example.commit(edited(example, PLANT, "name: plant-1", "nme: plant-1"))
    example.write(good)
    ended = review("--base", bad)
    assert (ended.code, ended.err) == (2, "")
    assert "plant-1: the base says it wrongly and this mends it" in ended.out
    assert ended.out.endswith("\n1 site is mended.\n")


def test_json_is_for_programs(review, example):
    example.write(edited(example, COMMON, "10.0.1.53", "10.0.2.53"))
    example.git("rm", "-r", "--quiet", "sites/subclouds/plant-1")
    ended = review("--format", "json")
    told = json.loads(ended.out)
    [group] = told["groups"]
    assert (ended.code, len(group["sites"]), told["gone"], told["errors"]) == (2, 13, ["plant-1"], [])
    [difference] = group["example"]["differences"]
    assert (difference["resource"], difference["cause"], difference["desired"]) == (
        "dns",
        "pending",
        "10.0.0.53,10.0.2.53",
    )
    assert group["is_exact"] is False
    assert review_of(told).id == told["id"]


def test_markdown_is_for_the_pull_request(review, example):
    example.write(edited(example, COMMON, "10.0.1.53", "10.0.2.53"))
    ended = review("--format", "markdown")
    lines = ended.out.splitlines()
    assert (ended.code, lines[0]) == (2, "<!-- stx-reconciler review sites -->")
    assert lines[1].startswith("**14 sites change. No host is locked and no service is interrupted.")
    assert "#### 14 sites: `dns.servers`" in lines
    assert lines.count("```diff") == 1
    example.write(edited(example, PLANT, "name: plant-1", "nme: plant-1"))
    assert "- `sites/subclouds/plant-1/site.yaml:2:6: site: nme is not known" in review("--format", "markdown").out


def test_an_inventory_makes_the_plan_of_its_site_exact(review, example, tmp_path):
    example.write(edited(example, COMMON, "10.0.1.53", "10.0.2.53"))
    inventory = {
        "/v1/isystems": {"isystems": [{"uuid": "s", "system_mode": "duplex", "system_type": "Standard"}]},
        "/v1/idns": {"idnss": [{"uuid": "d", "nameservers": "10.9.9.9"}]},
    }
    (tmp_path / "plant-1.json").write_text(json.dumps(inventory))
    ended = review("--inventory", tmp_path, "plant-1", "plant-2")
    assert ended.code == 2
    assert "  - servers = 10.9.9.9\n  + servers = 10.0.0.53,10.0.2.53" in ended.out
    assert "It is an estimate for 1 site, taken to be as Git said before. The oldest reading" in ended.out


@pytest.mark.parametrize("content", ["not json", "[]", '"text"', b"\xff"])
def test_a_file_that_is_no_inventory_is_told(review, example, tmp_path, content):
    example.write(edited(example, COMMON, "10.0.1.53", "10.0.2.53"))
    (tmp_path / "plant-1.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    ended = review("--inventory", tmp_path, "plant-1")
    assert ended.code == 1
    assert ended.err.startswith(f"error: {tmp_path}/plant-1.json: no inventory (")
    assert "write it anew with `stxr inventory`" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--base", "mian"), "no commit 'mian'"),
        (("--base", "main", "--head", "mian"), "no commit 'mian'"),
        (("--base", "main", "--path", "site"), "no folder site at"),
    ],
)
def test_what_does_not_exist_is_told_by_name(review, words, said):
    ended = review(*words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("stxr: ")
    assert said in ended.err


def test_a_head_needs_a_base(stxr, example):
    ended = stxr("plan", "--repo", example.folder, "--path", "sites", "--head", "main")
    assert (ended.code, ended.err) == (1, "stxr: --head needs --base: the revision that the sites follow now\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("{", "no review (unexpected end of data: line 1 column 2 (char 1))"),
        ("[]", "no review, though it is JSON"),
        ('{"version": 99}', "no review (version 99 of a review is not known, only 1)"),
    ],
)
def test_a_file_that_is_no_review_is_told_in_words(stxr, tmp_path, content, said):
    file = tmp_path / "review.json"
    if content is not None:
        file.write_text(content)
    ended = stxr("review", file)
    assert ended.code == 1
    assert ended.err.strip() == f"stxr: {file}: {said}: write it anew with `stxr plan --base --head --format json`"
