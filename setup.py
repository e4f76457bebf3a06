"""What a wheel holds: `shape_explainer`, and the app's folders inside it (shape_explainer/home.py says why there).

All else stands in pyproject.toml.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
ROOM = ("app.py", ".streamlit", "explainers", "pages", "rooms", "settings", "shell", "views", "workers")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "secrets.toml")


class BuildWithRoom(build_py):
    """The package, and the app's folders as they are."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:  # the folders are beside the package then
            return
        room = Path(self.build_lib) / "shape_explainer" / "room"
        for name in ROOM:
            source, target = HERE / name, room / name
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True, ignore=LEFT_OUT)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)


setup(cmdclass={"build_py": BuildWithRoom})
