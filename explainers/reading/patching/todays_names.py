"""The asker's own lines under the names that today's Keras has for their arguments."""

from __future__ import annotations

import ast
import re

from explainers.core.layers import RECURRENT
from explainers.core.layers.old_names import OF_GENERATORS, OF_METHODS, RENAMED
from explainers.core.layers.sliding import space
from explainers.reading.literal import BY_NAME, today_name
from explainers.reading.old_imports import module_today
from explainers.reading.patching.backend import in_keras_ops
from explainers.reading.patching.patch import LONGEST, with_edits
from explainers.reading.patching.places import UNREADABLE, Edit, Places, last

_OF_CLASS = {("Dense", "output_dim"): "units", **{(c, "output_dim"): "units" for c in RECURRENT}}
_EPOCHS, _OF_GPU = "nb_epoch", "CuDNN"
_OPTIMIZERS = ("Adadelta", "Adagrad", "Adam", "Adamax", "Nadam", "RMSprop", "SGD")
REFUSED = ("time_major", "consume_less", "truncate_gradient", "forget_bias_init", "input_dtype", "dropout")


def renamed(text: str) -> str | None:
    """The text with the old arguments of its layers under today's names; None where there are none."""
    if len(text) > LONGEST:
        return None
    try:
        places = Places(text)
        edits = [*_new_names(places), *_left_out(places), *_inputs_in_front(places), *_imported(places)]
        edits += [*_of_methods(places), *_rows_and_columns(places), *_classes(places), *in_keras_ops(places)]
        return with_edits(text, edits) if edits else None
    except UNREADABLE:
        return None


def _imported(places: Places) -> list[Edit]:
    """``from keras.layers.core import Dense``: from where today's Keras has it."""
    found = []
    for node in ast.walk(places.tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        start, end = places.span(node)
        today = module_today(node.module, tuple(alias.name for alias in node.names))
        if today is not None:
            at = places.text.index(node.module, start, end)
            found.append(Edit(at, at + len(node.module), today))
        if node.module.endswith("keras.utils") and [alias.name for alias in node.names] == ["np_utils"]:
            front = node.module.removesuffix(".utils")
            found.append(Edit(start, end, f"from {front} import utils as {node.names[0].asname or 'np_utils'}"))
    return found


def imports_only(text: str, changed: str) -> bool:
    """Whether the lines that import are all that differs."""
    pairs = zip(text.split("\n"), changed.split("\n"), strict=False)
    differ = [one for one, other in pairs if one != other]
    return text.count("\n") == changed.count("\n") and all(line.lstrip().startswith("from ") for line in differ)


def _new_names(places: Places) -> list[Edit]:
    found = []
    for node in places.calls():
        sheet = BY_NAME.get(today_name(last(node)) or "")
        for keyword in node.keywords if sheet is not None else ():
            old = keyword.arg or ""
            new = RENAMED.get(old) or _OF_CLASS.get((sheet.name if sheet else "", old))
            if new is not None and sheet is not None and new in sheet.order and old not in sheet.order:
                start, _ = places.span(keyword)
                found.append(Edit(start, start + len(old), new))
    return found


def _of_methods(places: Places) -> list[Edit]:
    """``fit_generator`` is fit, its nb_epoch is epochs, and an optimizer's lr is its learning_rate."""
    found = []
    for node in places.calls():
        name, end = last(node), places.span(node.func)[1]
        if isinstance(node.func, ast.Attribute) and name in OF_GENERATORS:
            found.append(Edit(end - len(name), end, OF_GENERATORS[name]))
        for keyword in node.keywords:
            start = places.span(keyword)[0]
            if keyword.arg == _EPOCHS and name.startswith("fit"):
                found.append(Edit(start, start + len(_EPOCHS), OF_METHODS[_EPOCHS]))
            if keyword.arg == "lr" and "optimizers" in places.text and name in _OPTIMIZERS:
                found.append(Edit(start, start + len("lr"), "learning_rate"))
    return found


def _rows_and_columns(places: Places) -> list[Edit]:
    """``Convolution2D(8, 3, 3)``: today the third number is the strides, so rows and columns are one pair."""
    found = []
    for node in places.calls():
        rank = space(last(node))
        kernel = node.args[1 : 1 + rank]
        old = last(node).startswith("Convolution") and 1 < rank == len(kernel)
        if old and not any(isinstance(part, ast.Tuple | ast.List | ast.Starred) for part in kernel):
            start, end = places.span(kernel[0])[0], places.span(kernel[-1])[1]
            found.append(Edit(start, end, f"({places.text[start:end]})"))
    return found


def _classes(places: Places) -> list[Edit]:
    """``CuDNNLSTM`` is LSTM today: where it is imported, and where it is made."""
    found = []
    for node in ast.walk(places.tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name.startswith(_OF_GPU) for alias in node.names):
            start, end = places.span(node)
            names = [alias for alias in node.names if alias.asname is None]
            if len(names) == len(node.names) and "(" not in places.text[start:end]:
                today = dict.fromkeys(alias.name.removeprefix(_OF_GPU) for alias in names)
                found.append(Edit(start, end, f"from {'.' * node.level}{node.module} import {', '.join(today)}"))
        if isinstance(node, ast.Call) and last(node).startswith(_OF_GPU):
            end = places.span(node.func)[1]
            found.append(Edit(end - len(last(node)), end, last(node).removeprefix(_OF_GPU)))
    return found


def _left_out(places: Places) -> list[Edit]:
    """Arguments that have gone without a successor; one that swaps axes would change the program."""
    found = []
    for node in places.calls():
        sheet = BY_NAME.get(today_name(last(node)) or "")
        for keyword in node.keywords if sheet is not None else ():
            if sheet is None or keyword.arg in sheet.order or keyword.arg not in REFUSED:
                continue
            if not (isinstance(keyword.value, ast.Constant) and keyword.value.value is True):
                found.append(_without(places, keyword))
    return found


def _without(places: Places, keyword: ast.keyword) -> Edit:
    """A call without one of its arguments, and without the comma next to it."""
    start, end = places.span(keyword)
    before = re.search(r",\s*$", places.text[:start])
    behind = re.match(r"\s*,\s*", places.text[end:])
    return Edit(before.start() if before else start, end if before else end + (behind.end() if behind else 0), "")


def _inputs_in_front(places: Places) -> list[Edit]:
    """batch_input_shape on a first layer: today it stands in an Input in front."""
    found: list[Edit] = []
    for node in places.calls():
        keyword = next((k for k in node.keywords if k.arg == "batch_input_shape"), None)
        if keyword is None or today_name(last(node)) is None:
            continue
        name, imports = places.layer_name("Input")
        words = f"{name}(batch_shape={places.source(keyword.value)})"
        parent = places.parents[node]
        gone = _without(places, keyword)
        if isinstance(parent, ast.List):
            at, _ = places.span(node)
            found += [*imports, gone, Edit(at, at, f"{words}, ")]
        elif isinstance(parent, ast.Call) and last(parent) == "add":
            found += [
                *imports,
                gone,
                places.line_before(places.statement(node), f"{places.source(parent.func)}({words})"),
            ]
    return found
