"""Encrypted files of the repository, as the commit that is rendered has them: of a mirror, of a folder, below a root."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from reconciler.engine.committed import revealing
from reconciler.engine.opening import open_commit, open_folder
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from tests.engine.sites import OTTAWA, system
from tests.sops import Sealer

KINDS = registry()
SEALER = Sealer.new()
FILE = "subclouds/ottawa/secrets.enc.json"
REFERENCE = f"sops:{FILE}#bmc"


@pytest.fixture(autouse=True)
def identity(monkeypatch):
    monkeypatch.setenv("STXR_SOPS_AGE_KEY", SEALER.key)


def sealed(value):
    return SEALER.sealed({"bmc": value})


def test_a_mirror_needs_no_work_tree(history, mirrored):
    history.commit({FILE: sealed("iron")})
    repository = open_commit(mirrored(), KINDS)
    history.write({FILE: "edited, and never committed"})
    assert revealing(repository)(REFERENCE) == SecretStr("iron")


def test_the_value_is_that_of_the_commit_which_is_rendered(history, mirrored):
    history.commit({FILE: sealed("old")})
    mirror = mirrored()
    repository = open_commit(mirror, KINDS)
    reveal = revealing(repository)
    newer = history.commit({FILE: sealed("new")})
    mirror.fetch(datetime.now(UTC))
    assert reveal(REFERENCE) == SecretStr("old")
    repository.tree.advance(newer)
    assert reveal(REFERENCE) == SecretStr("new")


def test_a_file_that_moved_reaches_the_sites_whose_folder_has_it(history, mirrored):
    history.commit({FILE: sealed("old")})
    mirror = mirrored()
    repository = open_commit(mirror, KINDS)
    newer = history.commit({FILE: sealed("new")})
    mirror.fetch(datetime.now(UTC))
    assert repository.tree.advance(newer).changed == {"ottawa"}


def test_a_folder_is_read_as_it_stood_when_it_was_looked_at(history):
    history.write({FILE: sealed("iron")})
    repository = open_folder(history.folder, KINDS)
    assert revealing(repository)(REFERENCE) == SecretStr("iron")
    history.write({FILE: sealed("other")})
    with pytest.raises(ConfigError, match="changed while it was read; look again"):
        revealing(repository)(REFERENCE)


@pytest.mark.parametrize("opened", ["commit", "folder"])
def test_a_path_is_from_the_root_and_not_from_the_top_of_the_repository(history, mirrored, opened):
    history.commit({f"sites/{OTTAWA}": system("Ottawa"), f"sites/{FILE}": sealed("iron"), FILE: sealed("another's")})
    repository = (
        open_commit(mirrored(), KINDS, "sites")
        if opened == "commit"
        else open_folder(history.folder, KINDS, None, "sites")
    )
    assert revealing(repository)(REFERENCE) == SecretStr("iron")
    with pytest.raises(ConfigError, match="does not lead out of it"):
        revealing(repository)(f"sops:../{FILE}#bmc")


@pytest.mark.parametrize("opened", ["commit", "folder"])
@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("subclouds/ottawa/nothing.json", "subclouds/ottawa/nothing.json: no such file is committed"),
        ("subclouds/ottawa", "subclouds/ottawa: no such file is committed"),
        ("subclouds/ottawa/link.json", "link.json: is no regular file"),
        ("subclouds/*/secrets.enc.json", "no such file is committed"),
    ],
)
def test_what_is_no_file_of_the_repository_is_named(history, mirrored, opened, path, complaint):
    (history.folder / "subclouds/ottawa").mkdir(parents=True, exist_ok=True)
    (history.folder / "subclouds/ottawa/link.json").symlink_to("/etc/hostname")
    history.commit({FILE: sealed("iron")})
    repository = open_commit(mirrored(), KINDS) if opened == "commit" else open_folder(history.folder, KINDS)
    with pytest.raises(ConfigError) as refused:
        revealing(repository)(f"sops:{path}#bmc")
    assert complaint in str(refused.value)
