"""What all tests share: quiet TensorFlow, Hypothesis without a stopwatch, and repeats that are counted."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from tests.repeats import Repeats
from tests.shared import make_folder

# Before the first import of TensorFlow, also in the processes that tests start: its C++ start-up notes go to stderr,
# and its oneDNN kernels change the last digits of sums from one processor to the next.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# Several test processes share few cores; TensorFlow's own threads would only take turns with them.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test may be told what an older run has kept on disk; those of the keeping itself name a folder.
os.environ.setdefault("SHAPE_EXPLAINER_CACHE", "off")

# An example that builds a Keras model takes as long as the machine is busy; a deadline would only test that. The
# examples are the same in each run, so that a change is judged by what it changed; `make fuzz` looks for new ones.
SAME_EXAMPLES = "FUZZ_EXAMPLES" not in os.environ
settings.register_profile("shapes", deadline=None, derandomize=SAME_EXAMPLES)
settings.load_profile("shapes")
if SAME_EXAMPLES:
    # Hypothesis looks for constants in all of our sources: each process of a fresh clone parses 600 files for it, and
    # whatever is changed in one of them changes the examples of all tests.
    providers._get_local_constants = lambda: providers._local_constants


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # all that is imported and collected stays, so to look for garbage meanwhile is a third of the work
    config.pluginmanager.register(Repeats(), "repeats")
    make_folder(config)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not look through it again.

    And it may come less often: a traced model makes 700 objects in a moment, and hardly any of them is garbage yet.
    """
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()
