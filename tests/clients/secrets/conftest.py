"""One OpenBao for all tests of Vault: each has secrets of its own there."""

import pytest

from tests.vaults import Bao, bao


@pytest.fixture(scope="session")
def vault(tmp_path_factory) -> Bao:
    with bao(tmp_path_factory.mktemp("bao")) as server:
        yield server


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Clock:
    return Clock()
