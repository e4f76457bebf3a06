"""What all tests share: quiet TensorFlow, and Hypothesis without a stopwatch."""

from __future__ import annotations

import os

from hypothesis import settings

# Before the first import of TensorFlow, also in the processes that tests start: its C++ start-up notes go to stderr,
# and its oneDNN kernels change the last digits of sums from one processor to the next.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

# An example that builds a Keras model takes as long as the machine is busy; a deadline would only test that.
settings.register_profile("shapes", deadline=None)
settings.load_profile("shapes")
