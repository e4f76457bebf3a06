"""Repeated tests are counted: each is printed at the end of a run, and more than three make the run fail.

Browser tests may be repeated once, since a browser on a busy machine misses a deadline now and then. What is repeated
more often than now and then has a fault, in the app or in the test.
"""

from __future__ import annotations

import pytest

MOST = 3


class Repeats:
    """Counts the reports with the outcome "rerun" (pytest-rerunfailures); registered by tests/conftest.py."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """With xdist, the process that counts hears of all tests of the others."""
        if report.outcome == "rerun":  # type: ignore[comparison-overlap]
            self.names.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A run with too many repeats has failed, whatever became of them."""
        if self.too_many() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line, and one for each test that was repeated."""
        if self.names:
            terminalreporter.section("repeated tests", red=self.too_many(), yellow=not self.too_many())
            terminalreporter.line("\n".join(self.told()))

    def told(self) -> list[str]:
        """What stands at the end of the run."""
        verdict = f"more than {MOST}, so the run fails" if self.too_many() else f"{MOST} a run are tolerated"
        return [f"repeated: {len(self.names)} ({verdict})", *self.names]

    def too_many(self) -> bool:
        return len(self.names) > MOST
