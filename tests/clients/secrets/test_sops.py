"""Files of SOPS: those in sops_files/ were written by the program `sops` 3.11.0 itself, and not by what reads them here.

The identity beside them opens nothing else. age1ul50… is a second recipient of secrets.enc.yaml.
"""

import json
from pathlib import Path

import pyrage
import pytest

from reconciler.clients.secrets import resolve
from reconciler.model.errors import ConfigError

FILES = Path(__file__).with_name("sops_files")
KEY = (FILES / "age-key-for-tests.txt").read_text()
OURS = {"STXR_SOPS_AGE_KEY": KEY}


def value(reference: str, folder: Path = FILES, environ: dict[str, str] = OURS) -> str:
    return resolve(f"sops:{reference}", folder, environ).get_secret_value()


def why(reference: str, folder: Path = FILES, environ: dict[str, str] = OURS) -> str:
    with pytest.raises(ConfigError) as caught:
        value(reference, folder, environ)
    assert caught.value.__cause__ is None
    assert "wrought iron" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("secrets.enc.yaml#bm.password", "wrought iron"),
        ("secrets.enc.yaml#bm.users.1.secret", "second"),
        ("secrets.enc.yaml#tls.tls.crt", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"),
        ("secrets.enc.yaml#pin", "4711"),
        ("mixed.enc.yaml#password", "wrought iron"),
        ("maconly.enc.yaml#password", "wrought iron"),
        ("secrets.enc.json#bm.password", "wrought iron"),
        ("secrets.enc.json#list.1", "b"),
        ("secrets.enc.env#BM_PASSWORD", "wrought iron"),
        ("secrets.enc.env#LINES", "one\ntwo"),
        ("whole.enc#data", "wrought iron\nsecond line"),
    ],
)
def test_a_value_that_sops_encrypted(reference, said):
    assert value(reference) == said


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        ("secrets.enc.yaml#bm.pasword", "it has no key bm.pasword"),
        ("secrets.enc.yaml#bm.users.2.secret", "it has no key"),
        ("secrets.enc.yaml#bm", "bm is not one value: name a key below it"),
        ("secrets.enc.yaml#tls.note_unencrypted", "stands there in clear text"),
        ("mixed.enc.yaml#kind", "stands there in clear text"),
        ("secrets.enc.yaml#nothing", "is not one value"),
        ("secrets.enc.yaml#empty", "empty is empty"),
        ("nowhere.yaml#bm", "nowhere.yaml cannot be read: No such file or directory"),
    ],
)
def test_a_key_that_is_no_secret_of_the_file_is_named(reference, complaint):
    assert f"sops:{reference}: " in why(reference)
    assert complaint in why(reference)


def test_the_identity_is_read_from_the_file_that_sops_itself_asks_for(tmp_path):
    (tmp_path / "keys.txt").write_text(KEY)
    (tmp_path / "keys.txt").chmod(0o600)
    assert value("secrets.enc.yaml#pin", environ={"SOPS_AGE_KEY_FILE": str(tmp_path / "keys.txt")}) == "4711"


def test_an_identity_that_everybody_may_read_is_refused(tmp_path):
    (tmp_path / "keys.txt").write_text(KEY)
    (tmp_path / "keys.txt").chmod(0o644)
    said = why("secrets.enc.yaml#pin", environ={"SOPS_AGE_KEY_FILE": str(tmp_path / "keys.txt")})
    assert "everybody on this machine may read" in said


def test_without_an_identity_it_is_said_how_to_give_one():
    assert "name its file in SOPS_AGE_KEY_FILE, or give it in STXR_SOPS_AGE_KEY" in why(
        "secrets.enc.yaml#pin", FILES, {}
    )


def test_what_is_no_identity_is_not_repeated():
    said = why("secrets.enc.yaml#pin", FILES, {"STXR_SOPS_AGE_KEY": "AGE-SECRET-KEY-1WROUGHT"})
    assert "AGE-SECRET-KEY-1…" in said
    assert "WROUGHT" not in said


def test_a_stranger_is_told_whom_the_file_is_encrypted_to_and_who_he_is():
    stranger = pyrage.x25519.Identity.generate()
    said = why("secrets.enc.yaml#pin", FILES, {"STXR_SOPS_AGE_KEY": str(stranger)})
    assert "encrypted to age1mdqx9epgm78um59qggce0vdt2pu0hj7ul4ueg6r5v7t6a6y6857qzah504, age1ul50" in said
    assert f"and we are {stranger.to_public()}: add that recipient" in said


def test_one_of_several_identities_is_enough():
    stranger = pyrage.x25519.Identity.generate()
    assert value("secrets.enc.yaml#pin", environ={"STXR_SOPS_AGE_KEY": f"{stranger}\n{KEY}"}) == "4711"


@pytest.fixture
def edited(tmp_path):
    """A copy of a file in which somebody replaced one text by another without `sops`."""

    def edit(name: str, old: str, new: str) -> Path:
        text = (FILES / name).read_text()
        assert text.count(old) == 1
        (tmp_path / name).write_text(text.replace(old, new))
        return tmp_path

    return edit


def test_a_value_in_clear_that_was_changed_by_hand_breaks_the_seal_of_all(edited):
    assert "its MAC does not match" in why("mixed.enc.yaml#password", edited("mixed.enc.yaml", "count: 3", "count: 4"))


def test_where_only_encrypted_values_are_sealed_the_others_may_be_edited(edited):
    assert value("maconly.enc.yaml#password", edited("maconly.enc.yaml", "count: 3", "count: 4")) == "wrought iron"


def test_a_file_that_lost_a_value_is_refused(edited):
    assert "its MAC does not match" in why("mixed.enc.yaml#password", edited("mixed.enc.yaml", "hex: 31\n", ""))


def test_a_value_that_was_moved_to_another_key_is_refused(edited):
    folder = edited("secrets.enc.yaml", "pin: ENC", "pine: ENC")
    assert "pine cannot be decrypted: it was moved or changed without `sops`" in why("secrets.enc.yaml#pine", folder)


def test_a_secret_that_was_added_by_hand_is_refused(edited):
    folder = edited("secrets.enc.yaml", "on_call: ENC", "fresh: wrought iron\non_call: ENC")
    assert "fresh stands in clear where SOPS encrypts" in why("secrets.enc.yaml#fresh", folder)


def test_another_time_of_change_than_sops_wrote_is_refused(edited):
    folder = edited("secrets.enc.yaml", "2026-11-21T17:27:40Z", "2026-11-22T17:27:40Z")
    assert "sops.mac cannot be decrypted" in why("secrets.enc.yaml#pin", folder)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("encrypted_comment_regex: sops:enc", "it says by comments what is encrypted"),
        ("encrypted_regex: (", "its encrypted_regex is no regular expression"),
        ("shamir_threshold: 2", "shared among several key groups"),
    ],
)
def test_what_is_not_understood_of_sops_is_refused(edited, rule, complaint):
    folder = edited("secrets.enc.yaml", "    version:", f"    {rule}\n    version:")
    assert complaint in why("secrets.enc.yaml#pin", folder)


def test_a_file_for_other_keepers_of_keys_names_them(tmp_path):
    whole = json.loads((FILES / "whole.enc").read_text())
    del whole["sops"]["age"]
    whole["sops"]["kms"] = [{"arn": "arn:aws:kms:x"}]
    (tmp_path / "whole.enc").write_text(json.dumps(whole))
    assert "it is encrypted to AWS KMS" in why("whole.enc#data", tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.yaml", "bm: wrought iron", "it was not encrypted with SOPS"),
        ("a.yaml", "a: 1\na: 2", "a key stands in it twice"),
        ("a.yaml", "a: [1", "it is not one document of YAML"),
        ("a.yaml", "a: 1\n---\nb: 2", "it is not one document of YAML"),
        ("a.yaml", "- 1", "it holds no mapping"),
        ("a.json", "wrought iron", "it is not JSON"),
        ("a.env", "wrought iron", "a line of it is not NAME=value"),
        ("a.yaml", "a: &a [1,1,1,1,1,1,1,1]\n" + "".join(
            f"{x}: &{x} [{','.join(f'*{y}' for _ in range(8))}]\n" for y, x in zip("abcdef", "bcdefg", strict=True)
        ), "more than 50000 values"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_sops_is_refused_without_its_content(tmp_path, name, text, complaint):
    (tmp_path / name).write_text(text)
    assert complaint in why(f"{name}#a", tmp_path)


def test_a_key_with_two_readings_is_refused():
    assert "a.b.c is 2 places in it, for keys hold dots" in why("two.enc.yaml#a.b.c")
