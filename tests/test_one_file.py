"""Adding a lesson is one file: put into a copy of the repository, it has all that any lesson has, browser included.

The file is the one that docs/ADDING_AN_EXPLAINER.md prints.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import standing_for
from tests.shared import FOLDER

ROOT = Path(__file__).parent.parent
NAME = "two_biases"
LESSON = ROOT / "tests" / "one_file" / f"{NAME}.py"
GUIDE = ROOT / "docs" / "ADDING_AN_EXPLAINER.md"
# What is asked of every lesson, where it is tested. The last is the way through the page, with a real browser.
CONTRACT = (
    "tests/explainers/test_every_explainer.py",
    "tests/explainers/core/test_concrete.py",
    "tests/explainers/practice/challenges/test_engine.py",
    "tests/views/test_export.py",
    "tests/pages/test_every_page.py",
    "tests/browser/test_ten_parts.py",
)


def test_the_guide_prints_this_very_lesson() -> None:
    assert f"```python\n{LESSON.read_text('utf-8')}```" in GUIDE.read_text("utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository as it stands here, and one more file in explainers/."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    shutil.copyfile(LESSON, tmp_path / "explainers" / LESSON.name)
    return tmp_path


# Ways through its page: what differs from lesson to lesson, or the whole of which that is a part.
WAYS = {"what differs": "not test_a_learner and not test_a_teacher", "end to end": "not test_what_differs"}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", standing_for(WAYS, "what differs"))
def test_one_more_file_is_one_more_lesson(copy: Path, way: str) -> None:
    """Every test that is parametrized by lessons finds it, and it passes them all."""
    ours = ("PYTEST", FOLDER)  # what this run's processes share knows nothing of the lesson
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-k",
        f"{NAME} and {WAYS[way]}",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
        "-rp",
        *CONTRACT,
    ]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    passed = re.findall(rf"^PASSED (\S+?)::.*{NAME}", done.stdout, re.MULTILINE)
    assert set(passed) == set(CONTRACT)
    assert len(passed) > 30
