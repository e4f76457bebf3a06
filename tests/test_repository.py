"""Rules of the repository as tests: who may import whom, one TensorFlow, pinned packages, no traces of a machine."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit import config

from explainers.core.registry import all_explainers

ROOT = Path(__file__).parent.parent
KERAS = ("keras", "tensorflow", "tf_keras")

# Folder or file -> what nothing in it may import, not even inside a function.
FORBIDDEN = {
    "explainers": ("streamlit", "rooms", "views", "shell", "workers", "pages"),
    "workers": ("streamlit", "rooms", "views", "shell", "pages"),
    "settings": ("streamlit", "explainers", "rooms", "views", "shell", "workers", "pages", *KERAS),
    "rooms": ("streamlit", "shell", "workers", "pages", *KERAS),
    "views": ("streamlit", "shell", "workers", "pages", *KERAS),
    "shell": KERAS,
    "pages": KERAS,
    "app.py": KERAS,
    "shape_explainer": ("streamlit", "shell", "workers", "pages"),
}


def tracked() -> list[Path]:
    """The files of the repository: what git knows or would add, and that is there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def sources(place: str) -> list[Path]:
    """The Python files of a folder, or the file itself."""
    path = ROOT / place
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All that a file consists of; each file is read once."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imports(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Every import statement in a file, those inside functions too."""
    return tuple(node for node in nodes(path) if isinstance(node, ast.Import | ast.ImportFrom))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and top package of every import statement in a file."""
    for node in imports(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif node.level == 0 and node.module:
            yield node.lineno, node.module.split(".")[0]


def modules_imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of every module that a file names in an import.

    ``from explainers.core import dims`` names explainers.core and explainers.core.dims; in a file of core,
    ``from ..reading import text`` names explainers.reading and explainers.reading.text.
    """
    for node in imports(path):
        yield from ((node.lineno, module) for module in named_by(node, path))


def named_by(node: ast.Import | ast.ImportFrom, path: Path) -> list[str]:
    """The modules that one import statement of a file may name."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    package = path.relative_to(ROOT).parent.parts
    above = package[: len(package) + 1 - node.level] if node.level else ()
    module = ".".join((*above, *([node.module] if node.module else [])))
    return [module, *(f"{module}.{alias.name}" for alias in node.names)]


def loads(modules: Iterable[str], packages: Iterable[str]) -> bool:
    """Whether one of the modules belongs to one of the packages."""
    return not {module.split(".")[0] for module in modules}.isdisjoint(packages)


def starts_with(module: str, prefixes: Iterable[str]) -> bool:
    """Whether a module is one of these, or stands in one of them."""
    return any(module == prefix or module.startswith(f"{prefix}.") for prefix in prefixes)


def module_names(place: str) -> list[str]:
    """`["views", "views.ledger", ...]`: what can be imported in a folder; `__main__` runs when imported, so not it."""
    names = (module_name(path) for path in sources(place))
    return [name for name in names if not name.endswith("__main__")]


def module_name(path: Path) -> str:
    """What a file of ours is imported as."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def loaded_by(code: str) -> set[str]:
    """The packages and modules in memory after a fresh Python has run `code` in the repository's folder."""
    report = "; import sys; print('LOADED', *{name.split('.')[0] for name in sys.modules}, *sys.modules)"
    command = [sys.executable, "-c", code + report]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split("LOADED ")[-1].split())


# --- who may import whom


@pytest.mark.parametrize("place", FORBIDDEN)
def test_no_file_names_a_forbidden_package(place: str) -> None:
    files = sources(place)
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {package}"
        for path in files
        for line, package in imported(path)
        if package in FORBIDDEN[place]
    ]
    assert files
    assert found == []


LESSONS = tuple(f"explainers.{name}" for name in all_explainers())
TOP_FLOOR = ("explainers.service", "explainers.cli")

# Folder or file of ours -> our own modules that it doesn't know, not even inside a function.
UNKNOWN = {
    "explainers/core": (*LESSONS, *TOP_FLOOR, "explainers.beside", "explainers.reading", "explainers.practice"),
    "explainers/layers": (*LESSONS, *TOP_FLOOR, "explainers.beside", "explainers.reading", "explainers.practice"),
    "explainers/forecasting": (*LESSONS, *TOP_FLOOR, "explainers.beside", "explainers.reading", "explainers.practice"),
    "explainers/reading": (*LESSONS, *TOP_FLOOR, "explainers.beside", "explainers.practice"),
    "explainers/saved": (*LESSONS, *TOP_FLOOR, "explainers.beside", "explainers.reading", "explainers.practice"),
    "explainers/practice": TOP_FLOOR,
    "explainers/beside": (*TOP_FLOOR, "explainers.reading", "explainers.practice"),
    "views": (*LESSONS, *TOP_FLOOR, "explainers.beside"),
    "rooms": (*LESSONS, *TOP_FLOOR, "explainers.beside", "explainers.reading"),
    "shell": (*LESSONS, *TOP_FLOOR, "explainers.beside"),
    "app.py": (*LESSONS, *TOP_FLOOR, "explainers.beside"),
    "shape_explainer": (*LESSONS, "explainers.service", "explainers.beside", "explainers.practice"),
}
UNKNOWN |= {
    f"{name.replace('.', '/')}.py": (*TOP_FLOOR, "explainers.reading", "explainers.practice") for name in LESSONS
}


@pytest.mark.parametrize("place", UNKNOWN)
def test_nobody_looks_up(place: str) -> None:
    """The ground floor knows no roof: core and reading know no lesson, and only the top floor knows everything."""
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sources(place)
        for line, module in modules_imported(path)
        if starts_with(module, UNKNOWN[place])
    ]
    assert sources(place)
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "import explainers.reading.text",
        "from explainers.reading.literal import BY_NAME",
        "from explainers import reading",
        "from ..reading import text",
        "from .. import reading",
        "def later():\n    from explainers.reading.code import values",
    ],
)
def test_core_that_looks_up_to_reading_is_seen(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    file = tmp_path / "explainers" / "core" / "made_up.py"
    file.parent.mkdir(parents=True)
    file.write_text(f"from explainers.core import dims\n{line}\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="made_up"):
        test_nobody_looks_up("explainers/core")


@pytest.mark.parametrize("place", ["explainers/reading", "explainers/core"])
def test_neither_core_nor_reading_names_a_lesson(place: str) -> None:
    """A lesson says by its signs what it is about; as a string its name would be an import that nobody sees."""
    lessons = set(all_explainers())
    named = [
        f"{path}:{node.lineno} {node.value}"
        for path in sources(place)
        for node in nodes(path)
        if isinstance(node, ast.Constant) and node.value in lessons
    ]
    assert not named


def test_a_page_knows_only_the_shell() -> None:
    """It says what to draw; how, stands in `shell`."""
    found = {module for path in sources("pages") for _, module in modules_imported(path)}
    assert found
    assert {module for module in found if not starts_with(module, ("shell",))} == set()


# --- imports inside functions


@cache
def loaded_with(module: str) -> frozenset[str]:
    """What a module of ours names outside its functions, and the packages around it: what it loads when imported."""
    place = ROOT.joinpath(*module.split("."))
    path = next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)
    if path is None:
        return frozenset()
    later = {
        id(part)
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
        for part in ast.walk(node)
    }
    named = (name for node in imports(path) if id(node) not in later for name in named_by(node, path))
    return frozenset([module.rpartition(".")[0], *named])


@cache
def brought_in(module: str) -> frozenset[str]:
    """A module and all that are loaded with it, as far as our own files say."""
    found: set[str] = set()
    open_names = {module}
    while open_names:
        found |= open_names
        open_names = {name for each in open_names for name in loaded_with(each)} - found
    return frozenset(found)


def hidden_imports(path: Path) -> Iterator[int]:
    """The lines of imports inside functions that could as well be at the top.

    Reasons to be inside are: what is imported loads Keras, for which whoever only reads a lesson needn't wait; it
    imports this file in turn; or a comment says why.
    """
    lines = path.read_text("utf-8").splitlines()
    functions = (node for node in nodes(path) if isinstance(node, ast.FunctionDef))
    inside = {id(part) for function in functions for part in ast.walk(function)}
    for node in imports(path):
        found = {name for module in named_by(node, path) for name in brought_in(module)}
        reasons = (module_name(path) in found, loads(found, KERAS), "#" in lines[node.lineno - 1])
        if id(node) in inside and not any(reasons):
            yield node.lineno


def test_an_import_inside_a_function_has_a_reason() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}" for path in sources("explainers") for line in hidden_imports(path)]
    assert found == []


def test_an_import_without_a_reason_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    for kept in (loaded_with, brought_in):
        kept.cache_clear()
    folder = tmp_path / "explainers"
    folder.mkdir()
    (folder / "slow.py").write_text("import keras\n", "utf-8")
    (folder / "quick.py").write_text("def build():\n    from explainers import slow\n", "utf-8")
    file = folder / "lesson.py"
    inside = (
        "import math",
        "import math  # why",
        "import keras",
        "from explainers import quick, slow",
        "import explainers.quick",
    )
    file.write_text("def build():\n" + "".join(f"    {line}\n" for line in inside), "utf-8")
    assert sorted(hidden_imports(file)) == [2, 6]
    for kept in (loaded_with, brought_in):
        kept.cache_clear()  # of files that only this test has


# What a file and a class of `explainers` may grow to.
MOST_LINES, MOST_METHODS = 500, 25


def test_no_file_of_the_explainers_is_too_long() -> None:
    lines = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in sources("explainers")}
    assert {name for name, count in lines.items() if count > MOST_LINES} == set()


def test_no_class_of_the_explainers_does_too_much() -> None:
    found = {
        f"{path.relative_to(ROOT)} {node.name}"
        for path in sources("explainers")
        for node in nodes(path)
        if isinstance(node, ast.ClassDef)
        and sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body) > MOST_METHODS
    }
    assert found == set()


@pytest.mark.parametrize("place", ["explainers", "workers", "views"])
def test_importing_all_of_a_folder_loads_no_forbidden_package(place: str) -> None:
    """What the statements above can't show: a forbidden package that another one brings along."""
    names = module_names(place)
    assert place in names or len(names) > 1
    assert loaded_by("import " + ", ".join(names)) & set(FORBIDDEN[place]) == set()


def test_importing_the_web_side_loads_no_keras() -> None:
    """The pool's own side of `workers`, all of `shell`, and the contracts that views and pages read."""
    contracts = [f"explainers.core.{name}" for name in ("axes", "dims", "results", "explainer")]
    names = [*module_names("shell"), "workers", *contracts]
    assert loaded_by("import " + ", ".join(names)) & set(KERAS) == set()


@pytest.mark.parametrize("place", ["app.py", "pages", "shell", "views", "workers", "explainers"])
def test_nothing_is_kept_in_a_cache_that_a_visitor_can_empty(place: str) -> None:
    """Any visitor may send Streamlit the message `clear_cache`; workers/shared.py keeps what must stay."""
    emptied = re.compile(r"\bcache_(data|resource)\b")
    assert [str(path) for path in sources(place) if emptied.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("place", ["shell", "pages"])
def test_nothing_is_drawn_with_what_the_server_leaves_out(place: str) -> None:
    """Streamlit's tables and own charts make DataFrames; pandas is not in the image (shell/left_out.py)."""
    drawn = re.compile(r"\bst\.(?:table|dataframe|data_editor|\w+_chart|map|pydeck_chart)\(")
    found = [call for path in sources(place) for call in drawn.findall(path.read_text(encoding="utf-8"))]
    assert set(found) <= {"st.plotly_chart("}


def test_the_server_has_no_pandas_as_the_image_has_none() -> None:
    loaded = loaded_by("import app, sys; assert sys.modules['pandas'] is None is sys.modules['pyarrow']")
    assert "streamlit" in loaded


def test_the_server_leaves_pages_to_our_own_menu() -> None:
    """Else the first visitor of a fresh server who follows a link to a lesson without a file is told: no such page."""
    flag = "from streamlit.runtime.pages_manager import PagesManager; assert PagesManager.uses_pages_directory is False"
    assert "streamlit" in loaded_by(f"import app; {flag}")


NOT_FOR_THE_FIRST_PAGE = {
    "pandas",  # Streamlit's, for data that may hold dataframes (`shell.assets.alone`)
    "sqlalchemy",  # for classes
    "explainers.reading.code",  # pasted texts are read in the workers
    "explainers.practice.misconceptions.catalogue",  # for who searches, and for its own page
}


def test_starting_the_app_loads_no_keras_and_nothing_that_can_wait() -> None:
    app = str(ROOT / "app.py")
    run = f"from streamlit.testing.v1 import AppTest; at = AppTest.from_file({app!r}, default_timeout=60).run()"
    loaded = loaded_by(f"{run}; assert not at.exception, at.exception")
    assert "streamlit" in loaded
    assert loaded & {*KERAS, *NOT_FOR_THE_FIRST_PAGE} == set()


# --- lessons


def test_every_lesson_has_a_test_of_its_own_numbers() -> None:
    """The contract holds for any lesson; what is true of one alone is held against closed forms, in its own file."""
    names = all_explainers()
    assert len(names) >= 8
    assert [name for name in names if not (ROOT / "tests" / "explainers" / f"test_{name}.py").exists()] == []


# --- packages


def requirement_lines(name: str) -> list[str]:
    """The requirements in a file, without comments and options."""
    lines = (line.split(" #")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def pins(name: str) -> dict[str, str]:
    """Package -> version in a requirements file; the stand-in, which is a folder, is left out."""
    lines = [line.split(";")[0].strip() for line in requirement_lines(name) if not line.startswith("./")]
    return {package.lower().replace("_", "-"): version for package, version in (line.split("==") for line in lines)}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements.lock"])
def test_every_requirement_names_one_version(name: str) -> None:
    exact = re.compile(r"[\w.-]+==[\w.]+( ; .+)?")
    loose = [line for line in requirement_lines(name) if not line.startswith("./") and not exact.fullmatch(line)]
    assert loose == []
    assert requirement_lines(name)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_has_the_version_that_is_asked_for(name: str) -> None:
    lock = pins("requirements.lock")
    asked = {package: version for package, version in pins(name).items() if not package.startswith("tensorflow")}
    assert {package: lock.get(package) for package in asked} == asked


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_asked_for_is_what_the_tests_run_with(name: str) -> None:
    asked = {package: version for package, version in pins(name).items() if not package.startswith("tensorflow")}
    assert {package: importlib.metadata.version(package) for package in asked} == asked


def brought_along(asked: Iterable[str]) -> set[str]:
    """These packages, and all that they ask for on this system, one by one."""
    requirement = re.compile(r"[\w.-]+")
    open_names, seen = list(asked), set()
    while open_names:
        name = open_names.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            needs = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # for another system
            continue
        found = (requirement.match(need) for need in needs if "extra ==" not in need)
        open_names += [match.group().lower().replace("_", "-") for match in found if match]
    return seen


def test_everything_installed_along_is_locked() -> None:
    needed = brought_along([*pins("requirements.txt"), *pins("requirements-dev.txt")])
    installed = {dist.name.lower().replace("_", "-") for dist in importlib.metadata.distributions()}
    missing = needed & installed - set(pins("requirements.lock"))
    assert {name for name in missing if not name.startswith("tensorflow")} == set()


def hashed() -> dict[str, tuple[str, list[str]]]:
    """Package -> version and hashes, in the image's lock."""
    text = (ROOT / "requirements-image.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    parts = {entry[0]: [word for word in entry[1:] if word.startswith("--hash")] for entry in entries}
    return {name.split("==")[0]: (name.split("==")[1], hashes) for name, hashes in parts.items()}


def test_the_image_installs_what_is_locked_and_each_file_has_a_hash() -> None:
    lock, image = pins("requirements.lock"), hashed()
    wanted = {name: version for name, version in pins("requirements.txt").items() if name.startswith("tensorflow")}
    assert {name: version for name, (version, _) in image.items()} == {
        name: (lock | wanted).get(name) for name in image
    }
    right = re.compile(r"--hash=sha256:[0-9a-f]{64}")
    assert [name for name, (_, hashes) in image.items() if not hashes or not all(map(right.fullmatch, hashes))] == []


def test_the_images_lock_is_complete() -> None:
    """Everything that the app's requirements bring along here; what the tests need has no place in it."""
    needed = brought_along(pins("requirements.txt"))
    installed = {dist.name.lower().replace("_", "-") for dist in importlib.metadata.distributions()}
    assert (needed & installed) - {"tensorflow"} - set(hashed()) == set()
    assert not set(hashed()) & {"pytest", "playwright", "mypy", "ruff"}


def test_the_image_installs_from_it_alone() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install ([^\\;&]+)", text)
    assert [" ".join(words.split()) for words in installs] == [
        "--no-compile --require-hashes --only-binary :all: --no-deps -r requirements-image.lock",
        "--no-compile --no-deps --no-build-isolation ./deploy/tensorflow-on-cpu",
    ]


def test_one_tensorflow() -> None:
    """One library on disk, and one version in the pins, the stand-in and the lesson's Keras 2."""
    libraries = [
        str(file)
        for dist in importlib.metadata.distributions()
        for file in dist.files or []
        if file.name.startswith("libtensorflow_cc")
    ]
    assert len(libraries) <= 1, libraries  # on a Mac and on Windows the library has another name
    stand_in = tomllib.loads((ROOT / "deploy/tensorflow-on-cpu/pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = pins("requirements.txt")
    assert stand_in["name"] == "tensorflow"
    assert stand_in["dependencies"] == [f"tensorflow-cpu=={wanted['tensorflow-cpu']}"]
    assert {stand_in["version"], wanted["tensorflow"], wanted["tensorflow-cpu"], wanted["tf-keras"]} == {"2.21.0"}


def test_each_system_gets_one_tensorflow_package() -> None:
    markers = [line.split(";")[1].strip() for line in requirement_lines("requirements.txt") if "tensorflow" in line]
    on_linux_x86 = 'sys_platform == "linux" and platform_machine == "x86_64"'
    elsewhere = 'sys_platform != "linux" or platform_machine != "x86_64"'
    assert sorted(markers) == sorted([on_linux_x86, on_linux_x86, elsewhere])


# --- files


def test_no_file_names_a_machine_or_a_registry() -> None:
    # Written in two halves, so that this file passes its own rule.
    traces = re.compile("|".join(["/wo" + r"rk/", "/ro" + r"ot/", "files.python" + "hosted", "pypi" + r"\.org"]))
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path.suffix not in {".png", ".woff2", ".ico"}
        for match in traces.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "target", ["run", "setup", "setup-dev", "test", "test-all", "test-fast", "lint", "bench", "screenshots"]
)
def test_makefile_has_the_target_and_explains_it(target: str) -> None:
    assert re.search(rf"^{target}: .*## \w", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_target_of_the_makefile_is_phony_and_runs_something_that_exists() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.findall(r"^\.PHONY: (\S+)", text, re.MULTILINE))
    assert set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE)) == phony
    own = [name for name in re.findall(r"-m ([\w.]+)", text) if name.split(".")[0] in {"scripts", "benchmarks"}]
    assert [name for name in own if not (ROOT / (name.replace(".", "/") + ".py")).exists()] == []


def test_ci_runs_lint_then_all_tests() -> None:
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make lint", "make test"]
    assert "set -euo pipefail" in lines


def texts(path: Path) -> Iterator[str]:
    """Every string literal of a file, and the fixed parts of its f-strings."""
    return (node.value for node in nodes(path) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_pattern_takes_a_group_possessively() -> None:
    """`(…)*+` may miss what it should find in Python 3.11.0 to 3.11.4 (Debian 12 has 3.11.2); `(?>(…)*)` does not.

    There Streamlit's page lost the one script that our policy lets run, and the newer Python of the tests saw nothing.
    """
    possessive = re.compile(r"(?<!\\)\)(?:[*+?]|\{+\d*,?\d*\}+)\+(?![+\s])")
    assert possessive.search(r"(?:a|b){0,3}+")
    assert not possessive.search(r"(?>(?:a|b)*)\)*+")
    places = ("app.py", "explainers", "workers", "settings", "views", "shell", "pages", "shape_explainer")
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for place in places
        for path in sources(place)
        for text in texts(path)
        if possessive.search(text)
    ]
    assert found == []


def test_no_test_is_skipped_for_good() -> None:
    mark = re.compile(r"@pytest\.mark\.skip\b|pytest\.skip\(|xfail\(strict=False")
    files = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    assert [str(path) for path in files if mark.search(path.read_text(encoding="utf-8"))] == []


# --- settings


def settings() -> dict[str, dict[str, object]]:
    """`.streamlit/config.toml`, section by section."""
    return tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))


def option_names(section: dict[str, object], prefix: str) -> Iterator[str]:
    """`server.port` and the like, for all options below a section."""
    for name, value in section.items():
        yield from option_names(value, f"{prefix}{name}.") if isinstance(value, dict) else [prefix + name]


def test_streamlit_knows_every_setting() -> None:
    known = set(config.get_config_options())
    written = set(option_names(settings(), ""))
    assert written - known == set()
    assert len(written) > 40


def test_nothing_leaves_the_machine_and_no_stranger_gets_in() -> None:
    said = settings()
    assert said["server"]["address"] == "127.0.0.1"
    assert said["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}
    assert said["client"]["showErrorDetails"] == "none"


def luminance(colour: str) -> float:
    """WCAG's relative luminance of "#rrggbb": 0 black to 1 white."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio: 1 (the same) to 21 (black on white)."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def caption_colour(text: str, background: str) -> str:
    """What Streamlit makes of a caption: the text's colour at 60 % over the background."""
    mixed = (0.6 * int(text[i : i + 2], 16) + 0.4 * int(background[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_all_text_can_be_read(mode: str) -> None:
    theme = {name: value for name, value in settings()["theme"][mode].items() if isinstance(value, str)}
    for background in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        letters = {name: value for name, value in theme.items() if name.endswith("TextColor") or name == "textColor"}
        letters |= {"link": theme["linkColor"], "primary": theme["primaryColor"]}
        letters["caption"] = caption_colour(theme["textColor"], background)
        poor = {
            name: round(ratio, 2) for name, value in letters.items() if (ratio := contrast(value, background)) < 4.5
        }
        assert poor == {}, f"{mode}, on {background}"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_prose_and_charts_wear_the_colours_of_the_axes(mode: str) -> None:
    from views import palette

    theme, wanted = settings()["theme"][mode], palette.theme(dark=mode == "dark")
    assert {name: theme[name] for name in wanted} == wanted
    assert set(theme["chartCategoricalColors"]) <= set(wanted.values())
