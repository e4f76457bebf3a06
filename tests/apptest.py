"""The app in Streamlit's own harness, as all page tests open it: `open_page("conv1d", kernel_size="3")`."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

ROOT = Path(__file__).parents[1]
SECONDS = 170  # the first page waits for TensorFlow

# Before each run the harness looks through all installed packages for components: a second, for the same list.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
# After each run Streamlit clears Keras' state and collects garbage, if Keras is in its process: a second. The app's own
# web process never has Keras in it (tests/test_repository.py); here it is there only because of other tests.
script_runner._clean_problem_modules = lambda: None


def open_page(page: str, **query: str) -> AppTest:
    """A page with what stands in its link, run once."""
    app = AppTest.from_file(ROOT / "app.py", default_timeout=SECONDS)
    app._page_hash = calc_hash(page)  # as `switch_page`, which wants a file: many pages have none
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def tables(app: AppTest) -> list[list[dict[str, str]]]:
    """The rows of each table on the page, as they are in Markdown."""
    told = [element.value.splitlines() for element in app.markdown if element.value.startswith("| ")]
    found = [[[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines] for lines in told]
    return [[dict(zip(names, row, strict=True)) for row in rows] for names, _, *rows in found]


def component_data(app: AppTest, key: str) -> Any:
    """What the page tells the component of this key, which the harness has no class for."""
    parts = app.get("bidi_component")
    return next(json.loads(part.proto.json)[0] for part in parts if part.proto.id.endswith(f"-{key}"))
