"""Repeats are counted over all processes and printed, and more than three of them fail a run."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
FAILS_ONCE = """
    import pathlib
    import pytest

    @pytest.mark.flaky(reruns=1)
    @pytest.mark.parametrize("number", range({count}))
    def test_it(number):
        been = pathlib.Path(__file__).with_name(f"been-{{number}}")
        if not been.exists():
            been.touch()
            assert number < 0
"""
CONFTEST = """
    from tests.repeats import Repeats

    def pytest_configure(config):
        config.pluginmanager.register(Repeats(), "repeats")
"""


def run(pytester: pytest.Pytester, count: int, processes: int) -> pytest.RunResult:
    """A run in which `count` tests fail at the first try and pass at the second."""
    pytester.makepyfile(FAILS_ONCE.format(count=count))
    pytester.makeconftest(CONFTEST)
    pytester.makeini(f"[pytest]\npythonpath = {ROOT}")
    return pytester.runpytest_subprocess("-p", "no:playwright", "-p", "no:hypothesispytest", "-n", str(processes))


def test_three_repeats_are_printed_and_tolerated(pytester: pytest.Pytester) -> None:
    result = run(pytester, count=3, processes=0)
    assert result.parseoutcomes() == {"passed": 3, "rerun": 3}
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["repeated: 3 (3 a run are tolerated)", "*test_it?0?"])


def test_a_fourth_in_any_process_fails_the_run_although_every_test_passed(pytester: pytest.Pytester) -> None:
    result = run(pytester, count=4, processes=2)
    assert result.parseoutcomes() == {"passed": 4, "rerun": 4}
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["repeated: 4 (more than 3, so the run fails)"])
