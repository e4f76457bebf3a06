"""The command line: the same engine for scripts, handouts and tests.

    python -m explainers list [--json]
    python -m explainers show NAME [dim=value ...] [--preset NAME] [--json]
    python -m explainers show FILE [--json]
    python -m explainers diagnose [FILE ...|-] [--model N] [--answer KEY=VALUE] [--json]

A model that can't be built is a lesson: exit 0 with "error" filled. An unknown name or dim, a value out of range, or a
file that is refused: exit 2 and one clear sentence on stderr.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from explainers.core import absent
from explainers.core.dims import DimsError, DimSpec
from explainers.core.explainer import Explainer, Preset
from explainers.core.registry import UnknownExplainer, all_explainers, find_explainer
from explainers.saved.files import Refused, looks_like_a_file
from settings import SettingError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except (DimsError, UnknownExplainer, UsageError, SettingError, Refused) as error:
        print(error, file=sys.stderr)
        return 2


class UsageError(ValueError):
    """The command line itself can't be understood."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m explainers",
        description="Where every number of a Keras model comes from: shapes, parameter counts, cell calls, errors.",
        epilog="Example: python -m explainers show stacked_lstm timesteps=none units_1=5 --json",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="the lessons, with their questions, dims and presets")
    listing.add_argument("--json", action="store_true", help="as JSON, for scripts")
    listing.set_defaults(run=_list)

    showing = commands.add_parser(
        "show",
        help="build a lesson's live model, or a model file, and show where its numbers come from",
        description="Build the live model at the given dims. A model that can't be built is shown with its error.",
    )
    showing.add_argument(
        "name", metavar="NAME", help="the name of a lesson (see `list`), or a .keras, .h5 or .json file of a model"
    )
    showing.add_argument(
        "dims", nargs="*", metavar="dim=value", help="dims to change, such as units=5; write none for None"
    )
    showing.add_argument("--preset", metavar="NAME", help="start from a preset (by name or title)")
    showing.add_argument("--json", action="store_true", help="as JSON, for scripts")
    showing.set_defaults(run=_show)

    diagnosing = commands.add_parser(
        "diagnose",
        help="read a pasted error, summary or piece of Keras code",
        description="Read an error message, a printed summary or Keras code. The text is read, never run.",
    )
    diagnosing.add_argument("files", nargs="*", metavar="FILE", help="files to read; - or no file for standard input")
    diagnosing.add_argument("--json", action="store_true", help="as JSON, one line per file")
    diagnosing.add_argument("--model", type=int, metavar="N", help="rebuild the N-th model, if the code makes several")
    diagnosing.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help='fill in what the text leaves open, such as units=64; the JSON lists the keys under "open" (repeatable)',
    )
    diagnosing.set_defaults(run=_diagnose)
    return parser


# -- list ----------------------------------------------------------------------------------------------------


def _list(chosen: argparse.Namespace) -> int:
    if chosen.json:
        print(
            json.dumps([described(explainer) for explainer in all_explainers().values()], ensure_ascii=False, indent=1)
        )
        return 0
    for explainer in all_explainers().values():
        print(f"{explainer.name}: {explainer.question}")
        for spec in explainer.dims.specs():
            print(f"    {spec.name}={spec.default}  {spec.expected()}. {spec.help}")
        for preset in explainer.presets:
            print(f"    --preset {preset.name}  {preset.title}")
    return 0


def described(explainer: Explainer[Any]) -> dict[str, Any]:
    """One explainer as `list --json` tells it."""
    return {
        "name": explainer.name,
        "title": explainer.title,
        "question": explainer.question,
        "dims": [_described_dim(spec) for spec in explainer.dims.specs()],
        "presets": [{"name": p.name, "title": p.title, "dims": dict(p.dims), "why": p.why} for p in explainer.presets],
    }


def _described_dim(spec: DimSpec) -> dict[str, Any]:
    keys = ("name", "kind", "default", "min", "max", "choices", "allows_none", "help")
    return {key: getattr(spec, key) for key in keys}


# -- show ----------------------------------------------------------------------------------------------------


def _show(chosen: argparse.Namespace) -> int:
    if looks_like_a_file(chosen.name):
        return _show_file(chosen)
    explainer = find_explainer(chosen.name)
    texts = read_dims(explainer, chosen.preset, chosen.dims)
    dims = explainer.dims.read(texts)  # a bad value is refused before Keras is loaded
    from explainers.core.tell import as_json, as_text, load

    told = load(explainer, dims)
    print(json.dumps(as_json(told), ensure_ascii=False) if chosen.json else as_text(told))
    return 0


def _show_file(chosen: argparse.Namespace) -> int:
    if chosen.dims or chosen.preset:
        raise UsageError("A file has no dims and no presets: its sizes are fixed.")
    from explainers.core.tell import as_json, as_text
    from explainers.saved.rebuild import told

    found = told(chosen.name)
    print(json.dumps(as_json(found), ensure_ascii=False) if chosen.json else as_text(found))
    return 0


def read_dims(explainer: Explainer[Any], preset: str | None, pairs: Sequence[str]) -> dict[str, str]:
    """The preset's dims, overridden by ``dim=value`` pairs."""
    texts = {name: str(value) for name, value in _preset(explainer, preset).dims.items()} if preset else {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"{pair[:40]!r} was given; write dims as name=value, for example units=5.")
        texts[name.strip()] = value
    return texts


def _preset(explainer: Explainer[Any], name: str) -> Preset:
    def same(text: str) -> str:
        return "".join(letter for letter in text.lower() if letter.isalnum())

    for preset in explainer.presets:
        if same(name) in (same(preset.name), same(preset.title)):
            return preset
    known = ", ".join(preset.name for preset in explainer.presets)
    raise UsageError(f"{explainer.name} has no preset called {name[:40]!r}. It has {known}.")


# -- diagnose ------------------------------------------------------------------------------------------------


def _diagnose(chosen: argparse.Namespace) -> int:
    from explainers.reading.command import diagnose_files  # only who diagnoses waits for the reader

    entries = dict(part.partition("=")[::2] for part in chosen.answer)
    return diagnose_files(chosen.files, chosen.json, chosen.model, entries)


def quiet_tensorflow() -> None:
    """TensorFlow greets on stderr, and warns of retracing; scripts want only ours. Must run before its import."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    absent.leave_out()
