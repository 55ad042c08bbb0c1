"""The benchmark of reviews measures what it says, also where it is small."""

from __future__ import annotations

from benchmarks.bench_review import run
from benchmarks.repository import Shape


def test_every_figure_has_a_limit_and_the_comment_of_few_sites_is_within_it():
    results = run(Shape(sites=20, bases=5, servers=3), part=2)
    assert [result.name.rpartition("-")[2] for result in results] == ["cpu", "cpu", "2", "comment"]
    assert all(result.limit and result.value > 0 for result in results)
    assert results[-1].is_within
