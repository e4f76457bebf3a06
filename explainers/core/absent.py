"""Parts of TensorFlow that nothing here asks for: not imported with it, and not in the image (`deploy/slim.sh`).

`import tensorflow` also imports its converter for phones, the quantizing of models, and the reader of profiles: 50 MB
on the disk, 30 MB of every process, a tenth of its start. TensorFlow takes names out of them (``from … import …``), so
something has to be there: a module that has every name, and refuses when one is used.
"""

from __future__ import annotations

import sys
from collections.abc import MutableSequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

NAMES = (
    "tensorflow.lite",
    "tensorflow.compiler.mlir.quantization",
    "tensorflow.python.profiler.internal._pywrap_profiler_plugin",
)


class _Absent(ModuleType):
    __path__: MutableSequence[str] = []  # noqa: RUF012  # as Python declares it

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):  # Python looks for these itself, and may find none
            raise AttributeError(name)
        return type(name, (_Refuses,), {})


class _Refuses:
    def __init__(self, *args: object, **kwargs: object) -> None:
        raise ImportError(f"{type(self).__name__} is left out of this app (explainers/core/absent.py).")


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        absent = any(name == left_out or name.startswith(left_out + ".") for left_out in NAMES)
        return ModuleSpec(name, self, is_package=True) if absent else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Absent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""


def leave_out() -> None:
    """To be called before TensorFlow is imported; what is imported already stays."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
