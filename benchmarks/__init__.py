"""Measurements, each a module: ``python -m benchmarks.engine``. They print, and some write a page of docs/."""

import os

os.environ.setdefault("SHAPE_EXPLAINER_CACHE", "off")  # unless asked for: what an older run has kept would be measured
