"""Every secret that is named is read once, however often it is named, and several at a time."""

from threading import Barrier

from pydantic import SecretStr

from reconciler.desired import SecretNamed
from reconciler.engine.secrets_tried import tried
from reconciler.model.errors import ConfigError
from reconciler.model.origin import Origin


def named(reference, line=1):
    return SecretNamed(reference, Origin("site.yaml", line, 4))


def test_equal_references_are_read_once_and_told_at_each_place():
    read = []

    def reveal(reference):
        read.append(reference)
        raise ConfigError(f"{reference}: not set")

    found = tried([named("env:A", 1), named("env:A", 2)], reveal)
    assert read == ["env:A"]
    assert sorted(map(str, found.values())) == ["site.yaml:1:4: env:A: not set", "site.yaml:2:4: env:A: not set"]


def test_several_are_read_at_a_time():
    together = Barrier(4)

    def reveal(reference):
        together.wait(30)
        return SecretStr(reference)

    assert tried([named(f"env:A{n}") for n in range(8)], reveal) == {}


def test_what_is_no_reference_is_neither_read_nor_repeated():
    found = tried([named("hunter2"), named("hunter2:x")], lambda _: SecretStr(""))
    assert {str(error).partition(": must be ")[0] for error in found.values()} == {"site.yaml:1:4"}
    assert "hunter2" not in "".join(map(str, found.values()))
