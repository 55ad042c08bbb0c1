"""What every test shares: the conformance lane's switch, and what the fault matrix tells at the end."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.faults import results

settings.register_profile("untimed", deadline=None)  # a busy machine is no counterexample
settings.load_profile("untimed")
SHARED = Path(os.environ.get("STXR_SHARED") or Path(__file__).parents[2] / "shared")


def pytest_addoption(parser):
    parser.addoption(
        results.OPTION, type=Path, metavar="FILE", help="write down how the cases of the fault matrix ended"
    )
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


def pytest_collection_finish():
    gc.freeze()  # ten thousand tests stay: looking for garbage among them slows each of them down


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    reports = (report for kept in terminalreporter.stats.values() for report in kept)
    if found := results.results(reports):
        terminalreporter.write_line(results.summary(found))
        is_whole = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        if is_whole and (path := config.getoption(results.OPTION)):
            results.write(path, found)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where CI=true nothing is left out: what a test needs is there, or it fails."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"left out, and CI=true: {report.longrepr[2]}"
    return report


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and example files."""
    return SHARED
