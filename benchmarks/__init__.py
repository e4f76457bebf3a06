"""Measurements, each a module: ``python -m benchmarks.engine``. They print, and some write a page of docs/."""
