"""TensorFlow's own library, shortened: the system's loader takes it, every name that others know is where it was."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import short_names
from deploy.short_names import Library, OtherLayout

PACKAGES = Path(next(iter(importlib.util.find_spec("numpy").submodule_search_locations))).parent  # type: ignore[union-attr, arg-type]
FRAMEWORK = PACKAGES / "tensorflow" / "libtensorflow_framework.so.2"
# In a process of its own: a library of that name is loaded once. What C can call is called.
CALLED = """
import ctypes, os, sys
library = ctypes.CDLL(sys.argv[1], mode=os.RTLD_NOW)
for name in sys.argv[2:]:
    ctypes.cast(getattr(library, name), ctypes.c_void_p).value
library.TF_DataTypeSize.restype = ctypes.c_size_t
print(library.TF_DataTypeSize(1), library.TF_DataTypeSize(9), library.TF_DataTypeSize(4))
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not FRAMEWORK.exists(), reason="TensorFlow's library for Linux is what is shortened"
)


def addresses(path: Path) -> dict[bytes, int]:
    library = Library(path)
    pairs = zip(library.names(), library.symbols, strict=True)
    return {name: int(symbol["value"]) for name, symbol in pairs if symbol["section"]}


def test_the_loader_takes_what_is_left(tmp_path: Path) -> None:
    before = addresses(FRAMEWORK)
    wanted = sorted(name for name in before if name.startswith(b"_ZN"))[::997]
    copy = tmp_path / FRAMEWORK.name
    shutil.copyfile(FRAMEWORK, copy)
    saved = short_names.shorten(copy, set(wanted))
    assert saved == FRAMEWORK.stat().st_size - copy.stat().st_size > 5_000_000
    after = addresses(copy)
    of_c = {name for name in before if not name.startswith(b"_Z")}
    assert len(of_c) > 100
    assert {name: before[name] for name in of_c | set(wanted)} == {name: after[name] for name in of_c | set(wanted)}
    assert len(after) < len(before)
    names = [name.decode() for name in (*wanted, *sorted(of_c)[::31]) if b"@" not in name]
    found = subprocess.run([sys.executable, "-c", CALLED, copy, *names], capture_output=True, text=True, check=True)
    assert found.stdout == "4 8 1\n"  # of a float32, an int64 and a uint8


def test_what_is_laid_out_in_another_way_stays_as_it_is(tmp_path: Path) -> None:
    copy = tmp_path / "other.so"
    other = next(path for path in (PACKAGES / "numpy.libs").iterdir() if "openblas" in path.name)
    shutil.copyfile(other, copy)
    with pytest.raises(OtherLayout):
        short_names.shorten(copy, set())
    assert copy.read_bytes() == other.read_bytes()
    copy.write_text("GROUP ( libm.so.6 )", encoding="utf-8")
    with pytest.raises(OtherLayout):
        short_names.shorten(copy, set())


def test_names_that_another_library_has_or_wants_are_known(tmp_path: Path) -> None:
    (tmp_path / "no library.so").write_text("text", encoding="utf-8")
    source = next((PACKAGES / "msgspec").glob("_core*.so"))
    shutil.copyfile(source, tmp_path / "inner.so")
    known = short_names.known_outside(tmp_path, tmp_path / "the library itself.so")
    assert {b"PyInit__core", b"PyList_New"} <= known
    assert short_names.known_outside(tmp_path, tmp_path / "inner.so") == set()


def test_a_new_name_is_no_other_librarys() -> None:
    names = short_names.short({b"~a", b"~c"})
    assert [next(names) for _ in range(3)] == [b"~b", b"~d", b"~e"]


@pytest.mark.parametrize(("name", "value"), [(b"", 0x1505), (b"printf", 0x156B2BB8), (b"exit", 0x7C967E3F)])
def test_the_loaders_hash(name: bytes, value: int) -> None:
    """The values are those of the format's description."""
    assert short_names.gnu_hash(name) == value
