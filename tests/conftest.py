"""What every test shares: the conformance lane's switch."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("STXR_SHARED") or Path(__file__).parents[2] / "shared")


def pytest_addoption(parser):
    parser.addoption("--conformance", action="store_true", help="run the lane that needs recordings and examples")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--conformance"):
        return
    if SHARED.is_dir():
        return
    if os.environ.get("STXR_CONFORMANCE") == "required":
        pytest.exit(f"the conformance lane must run here, and {SHARED} is not there", returncode=1)
    for item in items:
        item.add_marker(pytest.mark.skip(reason="recordings and examples do not stand beside this clone"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and example files."""
    return SHARED
