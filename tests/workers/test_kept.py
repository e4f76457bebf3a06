"""What is kept on disk is what a live worker says, and a disk that is no good is no fault."""

from __future__ import annotations

import asyncio
import os
import zlib
from pathlib import Path

import msgspec
import pytest

from benchmarks.learner import Learner
from explainers import service
from explainers.core.registry import all_explainers
from shell import beginnings, engine
from tests.browser.server import Server
from workers import kept as module
from workers.kept import OFF, Kept

ASKED = b'{"dims":{},"name":"simple_rnn"}'
PACKED = zlib.compress(b'{"a": 17}')


def test_it_is_there_after_a_restart_and_no_more_once_anything_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Kept(str(tmp_path), {}).put("structure", ASKED, PACKED)
    assert Kept(str(tmp_path), {}).get("structure", ASKED) == PACKED
    assert Kept(str(tmp_path), {}).get("calls", ASKED) is None
    assert Kept(str(tmp_path), {"SHAPE_EXPLAINER_MAX_WEIGHTS": "71"}).get("structure", ASKED) is None
    monkeypatch.setattr(module, "_versions", lambda: {"keras": "3.99"})
    assert Kept(str(tmp_path), {}).get("structure", ASKED) is None


def test_another_source_is_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("explainers", "settings", "workers"):
        (tmp_path / folder).mkdir()
    source = tmp_path / "explainers" / "lesson.py"
    source.write_text("units = 3\n", "utf-8")
    monkeypatch.setattr(module, "_ROOT", tmp_path)
    before = Kept("anywhere", {}).folder
    assert Kept("anywhere", {}).folder == before
    source.write_text("units = 5\n", "utf-8")
    assert Kept("anywhere", {}).folder != before


def test_a_disk_that_is_no_good_is_no_fault(tmp_path: Path) -> None:
    kept = Kept(str(tmp_path), {})
    kept.put("structure", ASKED, PACKED)
    (file,) = kept.folder.iterdir()
    for damaged in (b"", PACKED[:-3], b"\0" * 40, PACKED[:6] + b"?" + PACKED[7:]):
        file.write_bytes(damaged)
        assert kept.get("structure", ASKED) is None, damaged
    file.unlink()
    file.mkdir()
    assert kept.get("structure", ASKED) is None
    assert not kept.put("structure", ASKED, PACKED)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", "utf-8")
    for folder in (str(in_the_way), "/proc/nothing", OFF):
        nowhere = Kept(folder, {})
        assert nowhere.get("structure", ASKED) is None, folder
        assert not nowhere.put("structure", ASKED, PACKED), folder


def test_folders_of_older_versions_are_few(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"old-{number}").mkdir()
        os.utime(tmp_path / f"old-{number}", (number, number))
    Kept(str(tmp_path), {}).put("structure", ASKED, PACKED)
    assert sorted(each.name for each in tmp_path.glob("old-*")) == ["old-5", "old-6", "old-7", "old-8"]


def test_only_beginnings_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(str(tmp_path), {})
    monkeypatch.setattr(beginnings, "kept", lambda: kept)
    asked: list[str] = []

    def worker(op: str, arguments: dict[str, object], seconds: float | None = None) -> bytes:
        asked.append(op)
        return b"17"

    monkeypatch.setattr(engine, "_asked", worker)
    other = beginnings.encoded({"name": "simple_rnn", "dims": {"units": "1999"}})
    for op, arguments in (("structure", ASKED), ("structure", ASKED), ("structure", other), ("calls", ASKED)):
        assert zlib.decompress(engine._known_or_asked(op, arguments, None)) == b"17"
    assert asked == ["structure", "structure", "calls"]
    assert len(list(kept.folder.iterdir())) == 1


def test_what_was_filled_is_what_a_live_model_says(filled: Kept, lessons: tuple[str, ...]) -> None:
    """Each is built anew in another process, this one, and is the same to the last letter."""
    asked_of = questions_about(lessons)
    assert len(asked_of) > len(lessons)
    for asked in sorted(asked_of):
        packed = filled.get("structure", asked)
        assert packed is not None
        anew = msgspec.json.encode(service.OPS["structure"](**msgspec.json.decode(asked)))
        assert zlib.decompress(packed) == anew, asked


def test_a_page_has_its_numbers_where_keras_never_comes(filled: Kept, tmp_path: Path) -> None:
    environment = {"SHAPE_EXPLAINER_CACHE": str(filled.folder.parent), "KERAS_BACKEND": "none"}
    server = Server(tmp_path / "log", env=environment)

    async def visit() -> str:
        async with asyncio.timeout(60), Learner(server.url) as learner:
            return (await learner.open("stacked_lstm")).told

    try:
        assert "numbers per timestep" in asyncio.run(visit())
    finally:
        server.stop()


def questions_about(lessons: tuple[str, ...]) -> frozenset[bytes]:
    return frozenset(asked for asked in beginnings.questions() if msgspec.json.decode(asked)["name"] in lessons)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("conv1d", beginnings.EXAMPLE, "t_lstm"), id="a part"),
        pytest.param(tuple(all_explainers()), id="all", marks=pytest.mark.long),
    ],
)
def lessons(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Those whose beginnings are filled."""
    return request.param


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, lessons: tuple[str, ...]) -> Kept:
    """By the command, as the image's build does it."""
    folder = tmp_path_factory.mktemp("kept")
    kept, asked = Kept(str(folder)), questions_about(lessons)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beginnings, "kept", lambda: kept)
        patch.setattr(beginnings, "questions", lambda: asked)
        assert beginnings.main() == 0
        patch.setattr("workers.shared._pool", None)  # it was closed
    return kept
