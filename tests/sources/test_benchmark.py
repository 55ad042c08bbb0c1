"""The benchmark of sources measures what it says, also where it is small."""

from __future__ import annotations

from pathlib import Path

from benchmarks import repository
from benchmarks.bench_sources import layers_of, run
from benchmarks.repository import Shape
from reconciler.sources.working_tree import WorkingTree

SMALL = Shape(sites=30, bases=5, servers=3)


def test_the_repository_is_the_same_at_every_run(tmp_path: Path):
    first, second = (repository.bare(tmp_path / name, repository.files(SMALL)) for name in ("a", "b"))
    assert first == second


def test_a_wide_profile_has_the_users_that_it_says():
    assert Shape().users("base-0") == 1_000
    assert len(repository.files(Shape())) == 15_000 + 20 + 1


def test_a_work_tree_of_it_is_clean(tmp_path: Path):
    commit = repository.work_tree(tmp_path / "fleet", repository.files(SMALL))
    folder = WorkingTree(tmp_path / "fleet", layers_of)
    assert len(folder.look().appeared) == 30
    assert folder.commit == commit


def test_every_figure_comes_with_a_name_a_value_and_a_unit():
    results = run(SMALL)
    lines = [str(result).split() for result in results]
    assert all(len(line) == 3 and float(line[1]) >= 0 for line in lines)
    assert len({result.name for result in results}) == len(results)
