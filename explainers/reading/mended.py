"""Changes that make the program run: made by its mistake, each built and run live before it is offered."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator
from itertools import chain

from explainers.core.axes import sizes
from explainers.core.finding import Attempt, Change
from explainers.core.layers import MERGES
from explainers.core.mistakes import find_mistake
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, Mender
from explainers.core.mistakes.kit.mending.merging import far_apart
from explainers.core.results import Inspection
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes
from explainers.reading.alike import everywhere
from explainers.reading.asking import Entries
from explainers.reading.backbones import PREFIX, SHRINKS, is_backbone
from explainers.reading.kinds import find
from explainers.reading.live import attempt, look
from explainers.reading.misfits import misfit, stretches
from explainers.reading.patching.configured import configured
from explainers.reading.patching.lines import rewritten
from explainers.reading.patching.numbers import corrected, two_sides
from explainers.reading.patching.of_tf import OF_TF, in_operations_of_keras
from explainers.reading.patching.patch import applied, diff_of, patched
from explainers.reading.patching.places import Rewritten
from explainers.reading.patching.todays_names import imports_only, renamed
from explainers.reading.shapes import walk
from explainers.reading.text import clean

_ELEMENTWISE = (*MERGES, "ops.add", "ops.subtract", "ops.multiply", "ops.divide")
MOST_TRIED = 10  # changes of one program
MOST_OFFERED = 4
MOST_PLACES = 6  # at which one change is made
ENOUGH = 2  # changes that are in the asker's own lines: beside so many of them no other number is tried
PATIENCE = 2.5  # seconds of processor time for all of them: a busy machine offers what an idle one does
LONGEST = 8.0  # seconds, however busy it is


HALVED = "Such a side comes back unchanged from every halving and doubling."
TARGETS_LEFT = "The targets don't fit the output yet."
OLD_NAMES = "The change also gives what older versions called differently its name in today's Keras."


class _Patience:
    """How long changes are tried."""

    def __init__(self) -> None:
        self._worked, self._waited = time.process_time() + PATIENCE, time.monotonic() + LONGEST

    def is_over(self) -> bool:
        return time.process_time() > self._worked or time.monotonic() > self._waited


def mended(spec: ModelSpec, found: Inspection, mistake: str | None, code: str = "") -> tuple[Change, ...]:
    """What helps, the smallest change first. Each was built and run on data of the text's shapes.

    code: the asker's own, where there is some: what can be written into its lines comes before what can't.
    """
    end = _Patience()
    in_lines = list(_in_lines(spec, mistake, code, end)) if code else []
    written = {change.label for change in in_lines if change.diff}
    fed = any(check.shapes for check in spec.checks)  # else no data say how large the pictures are
    if code and not any(change.diff for change in in_lines) and not fed and _rounded(broken_at(spec, found)):
        sides = _sides(spec, mistake)
        asked = tuple(f"Write {near} instead of {side} " for side, near in sides)  # not the other way round
        ones = (change for change in corrected(code, sides) if change.label.startswith(asked))
        halved = chain(two_sides(code, sides), ones)
        in_lines += [dataclasses.replace(change, means=HALVED) for change in _tried_again(halved, spec, code, end)]
    others = _in_the_model(spec, found, mistake, code, end)
    diffs = {change.diff for change in in_lines if change.diff}
    offered = [*in_lines, *(change for change in others if not {change.label, change.diff} & (written | diffs))]
    if code and sum(bool(change.diff) for change in offered) < ENOUGH:
        made = {change.diff for change in offered}
        sides = [] if made - {""} else _sides(spec, mistake)  # another size of all pictures is the last resort
        apart = [*sides, *_cut_apart(spec), *_sizes_apart(spec, found)]
        other_numbers = chain(two_sides(code, sides), corrected(code, apart))
        numbers = _tried_again(other_numbers, spec, code, end, alone=bool(offered))
        offered += [change for change in numbers if change.diff not in made]
    best = sorted(offered, key=lambda change: not change.diff)[:MOST_OFFERED]
    return tuple(_in_todays_names(_without_tf(change, spec, code, end), code) for change in best)


def _without_tf(change: Change, spec: ModelSpec, code: str, end: _Patience) -> Change:
    """The same change, with keras.ops in the place of tf functions on the model's tensors: else the next line fails."""
    text = applied(code, change.diff) if change.diff and OF_TF.search(code) else ""
    again = _again(text, spec) if text and not end.is_over() else None
    whole = in_operations_of_keras(text, again) if again is not None else None
    tried = _again(whole.text, spec) if whole is not None else None
    if whole is None or tried is None or not (ran := attempt(tried)).ran:
        return change
    means = f"{change.means} {whole.label}".strip()
    return dataclasses.replace(change, means=means, tried=ran, diff=diff_of(code, whole.text))


def _in_todays_names(change: Change, code: str) -> Change:
    """The same change, with the old arguments of the text under today's names: with these alone it was tried."""
    text = applied(code, change.diff) if change.diff else ""
    whole = renamed(text) if text else None
    if whole is None:
        return change
    means = f"{change.means} {OLD_NAMES}".strip()
    return dataclasses.replace(change, means=means, diff=diff_of(code, whole))


def _in_the_model(
    spec: ModelSpec, found: Inspection, mistake: str | None, code: str, end: _Patience
) -> Iterator[Change]:
    """Changes of the model or of what is tried with it."""
    sheet = find_mistake(mistake)
    menders = () if sheet is None else sheet.mends if spec.inputs else sheet.mends_alone
    if sheet is None or not menders:
        return
    broken, offered = broken_at(spec, found), 0
    made = ((everywhere(spec, mend), mender) for mender in menders for mend in mender(broken))
    half: list[tuple[Mend, Attempt]] = []  # the data fit then, and the targets are the next mistake
    spread = _spread(spec)
    for mend, mender in _once(made):
        if _spread(mend.spec) > spread or stretches(mend.spec):
            continue  # it runs, and repeats a vector for each step without a word
        tried = attempt(mend.spec)
        again = not tried.built and broken.call is not None and broken.layer.class_name != "ops.matmul"
        if again and found.error is not None and not end.is_over():
            mend = _repeated(mend, mender, found.error.mistake)
            tried = attempt(mend.spec)
        wrong, why = misfit(mend.spec)
        if sheet.end == "data" and not (tried.ran and wrong is None):
            alone = _without_targets(mend.spec)
            if alone != mend.spec and misfit(alone)[0] is None and (of_data := attempt(alone)).ran:
                means = f"{mend.means} {TARGETS_LEFT} {why}".strip()
                half.append((dataclasses.replace(mend, means=means), of_data))
        if tried.ran and wrong is None:
            offered += 1
            yield _change(mend, tried, _diff(code, spec, mend))
        if offered == MOST_OFFERED or end.is_over():
            break
    for mend, tried in half[:MOST_OFFERED] if not offered else ():
        change = _change(mend, tried, _diff(code, spec, mend))
        yield (_with_the_targets(change, mend, code, end) if sheet.end == "data" else None) or change


def _with_the_targets(change: Change, mend: Mend, code: str, end: _Patience) -> Change | None:
    """Data that fit now, and the change behind it that makes the targets fit, too; None where none was found."""
    text = applied(code, change.diff) if change.diff else ""
    again = _again(text, mend.spec) if text and not end.is_over() else None
    second = _second(again, text, end) if again is not None else None
    if second is None or second.tried is None or not second.tried.ran:
        return None
    means = change.means.split(TARGETS_LEFT)[0].strip()
    return dataclasses.replace(
        change,
        label=f"{change.label} {second.label}",
        means=f"{means} {second.means}".strip(),
        code=f"{change.code}\n{second.code}",
        tried=second.tried,
        diff=diff_of(code, applied(text, second.diff)),
    )


def _repeated(mend: Mend, mender: Mender, mistake: str | None) -> Mend:
    """The same change at every later layer that fails in the same way, as each block of a residual network does."""
    kind, spec, code = mend.code.partition("(")[0], mend.spec, mend.code
    for places in range(2, MOST_PLACES + 1):
        seen = look(spec, run=False)
        if seen.error is None or seen.inspection is None or seen.error.mistake != mistake:
            return mend
        changes = mender(broken_at(seen.spec, seen.inspection))
        again = next((change for change in changes if change.code.partition("(")[0] == kind), None)
        if again is None:
            return mend
        spec, code = again.spec, f"{code}\n{again.code}  # in front of {seen.error.layer or 'the next one'}"
        if look(spec, run=False).error is None:
            means = f"{mend.means} The layers behind it need the same: it is changed at {places} places.".strip()
            return dataclasses.replace(mend, spec=spec, code=code, means=means)
    return mend


def _spread(spec: ModelSpec) -> int:
    """How many calls put tensors together, element by element, that differ in their number of axes or both grow."""
    layers = ((spec.layers[spec.calls[i].layer], inputs, made) for i, inputs, made in walk(spec))
    meet = [(layer, inputs, made) for layer, inputs, made in layers if layer.class_name in _ELEMENTWISE]
    ranks = sum(len({len(sizes) for sizes in inputs if len(sizes) > 1}) > 1 for _, inputs, _ in meet)
    return ranks + sum(_both_grow(layer, inputs, made or ()) for layer, inputs, made in meet)


def _both_grow(layer: LayerSpec, inputs: tuple[Sizes, ...], made: tuple[Sizes, ...]) -> bool:
    """(104, 15, 1) and a weight of (104,): what is made is neither of the two, which no one means."""
    weight = layer.get("weight")
    return isinstance(weight, tuple) and bool(made) and made[0] not in inputs and made[0][1:] != weight


def _without_targets(spec: ModelSpec) -> ModelSpec:
    """The same data, only predicted on."""
    checks = (dataclasses.replace(c, kind="predict", targets=()) if c.kind == "fit" else c for c in spec.checks)
    return dataclasses.replace(spec, checks=tuple(checks))


def _in_lines(spec: ModelSpec, mistake: str | None, code: str, end: _Patience) -> Iterator[Change]:
    """Changes of the asker's lines that no description of a model holds."""
    return _tried_again(rewritten(code, spec, mistake), spec, code, end)


def _tried_again(
    changes: Iterator[Rewritten], spec: ModelSpec, code: str, end: _Patience, alone: bool = False
) -> Iterator[Change]:
    """Changed lines that run when they are read again; where one change isn't enough, with a second behind it.

    alone: only those that need no second one.
    """
    offered: set[str] = set()
    for change in changes:
        if change.label in offered:
            continue  # the same advice at another place: the first one that runs is told
        again = _again(change.text, spec)
        if end.is_over():
            return
        if again is None and not spec.inputs:  # nothing but the data stood there, and they are in order
            yield Change(
                change.label,
                code=change.code,
                means=change.means,
                tried=Attempt(True, True),
                diff=diff_of(code, change.text),
            )
        if again is None or not again.inputs:
            continue
        again = again if change.other_data else _with_the_message(again, spec)
        tried, text, means = attempt(again), change.text, change.means
        if not tried.ran or misfit(again)[0] is not None or stretches(again):
            second = _second(again, text, end) if not alone else None
            if second is None or second.tried is None:
                continue
            tried, text = second.tried, applied(text, second.diff)
            means = f"{means} {second.label}".strip()
        elif len(_with_data(again)) < len(_with_data(spec)):
            continue  # it runs because less of it was read
        means = _with_stand_ins(means, again)
        offered.add(change.label)
        yield Change(change.label, code=change.code, means=means, tried=tried, diff=diff_of(code, text))


def _again(code: str, spec: ModelSpec) -> ModelSpec | None:
    """Changed lines, with what the text says beside them."""
    shapes = {name: sizes for name, sizes in spec.told if isinstance(sizes, tuple)}
    numbers = {name: number for name, number in spec.told if isinstance(number, int)}
    return find(clean(code), spec.number, Entries(None, shapes, numbers)).spec


def _rounded(broken: Broken) -> bool:
    """Whether two pictures meet whose sides differ as little as halving and doubling back makes them."""
    two = broken.reaching
    images = len(two) == 2 and len(two[0]) == len(two[1]) > 2
    return images and not far_apart(*two)


def _sides(spec: ModelSpec, mistake: str | None) -> list[tuple[int, int]]:
    """Sides of pictures that can't be halved and doubled back, beside the next ones that can."""
    sheet = find_mistake(mistake)
    if sheet is None or sheet.group != "merge":
        return []
    sides = [n for tensor in spec.inputs if len(tensor.shape) == 4 for n in tensor.shape[1:3] if n and n > SHRINKS]
    odd = [n for n in dict.fromkeys(sides) if n % SHRINKS]
    near = {n: (n // SHRINKS * SHRINKS, -(-n // SHRINKS) * SHRINKS) for n in odd}
    pairs = [(n, side) for n in odd for side in sorted(near[n], key=lambda side: abs(side - n))]
    return [pair for pair in pairs for _ in range(sides.count(pair[0]))]  # both sides of a square at once


def _cut_apart(spec: ModelSpec) -> list[tuple[int, int]]:
    """What a reshape makes of each sample, axis by axis, beside what its numbers would be enough for."""
    pairs = []
    for check in (c for c in spec.checks if c.kind == "reshape"):
        before, wanted = (tuple(n or 1 for n in sizes[1:]) for sizes in check.shapes)
        inside = math.prod(before)
        for n in wanted if min(wanted, default=0) > 1 else ():
            rest = math.prod(wanted) // n
            pairs += [(inside // rest, n)] if inside % rest == 0 and inside // rest > 1 else []
    return pairs


def _sizes_apart(spec: ModelSpec, found: Inspection) -> list[tuple[int, int]]:
    """The sizes that disagree: of two operands, of data and Input, of target and output."""
    broken = broken_at(spec, found)
    if broken.call is not None and broken.layer.get("axis") == 0:
        return []  # what is joined there are the samples
    weight = broken.layer.get("weight") if broken.call is not None else None
    if isinstance(weight, tuple) and len(weight) == 2 and isinstance(weight[0], int) and broken.first:
        width = broken.first[-1]
        return [(width, weight[0])] if width is not None and width != weight[0] else []
    shapes: list[tuple[Sizes, ...]] = [broken.reaching] if len(broken.reaching) == 2 else []
    if found.error is not None and found.error.expected and found.error.found:
        shapes.append((sizes(found.error.expected), sizes(found.error.found)))
    elif found.error is not None and not shapes:  # an operation has no name; Keras prints what it was given
        shapes.append(tuple(printed.sizes for printed in clean(found.error.message).shapes[:2]))
    shapes = [two if len({len(s) for s in two}) == 1 else _without_batch(two) for two in shapes]
    known = found.error is not None and bool(found.error.expected)
    operands = found.error is not None and found.error.layer is None and not known  # lined up from the right
    both = (two for two in shapes if len(two) == 2 and (operands or len(two[0]) == len(two[1])))
    pairs = [pair for one, other in both for pair in zip(reversed(one), reversed(other), strict=False)]
    apart = [(a, b) for a, b in pairs if a is not None and b is not None and a != b and min(a, b) > 1]
    return apart if len(set(apart)) == 1 else []  # where more disagrees, one number is no mistake in writing


def _without_batch(two: tuple[Sizes, ...]) -> tuple[Sizes, ...]:
    """Of tensors with different ranks: the samples of both, which line up with nothing."""
    return tuple(sizes[1:] for sizes in two) if len({sizes[:1] for sizes in two}) == 1 else two


def _second(spec: ModelSpec, code: str, end: _Patience) -> Change | None:
    """What helps against the mistake that comes to light behind a first change."""
    seen = look(spec, run=False)
    mistake = seen.error.mistake if seen.error is not None else misfit(seen.spec)[0]
    if seen.inspection is None or mistake is None:
        return None
    changes = _in_the_model(seen.spec, seen.inspection, mistake, code, end)
    return next((change for change in changes if change.diff), None)


def _with_the_message(again: ModelSpec, spec: ModelSpec) -> ModelSpec:
    """Changed lines with what a message alone says came to the model: no line of the program shows it."""
    of_message = tuple(check for check in spec.checks if check.line is None and check.kind in ("fit", "predict"))
    shown = any(check.kind in ("fit", "predict") for check in again.checks)
    return again if shown else dataclasses.replace(again, checks=(*again.checks, *of_message))


def _with_data(spec: ModelSpec) -> list[Check]:
    """What the asker's lines try with data: what stands in a message alone has no line."""
    lines = (check for check in spec.checks if check.line is not None)
    return [check for check in lines if check.kind in ("fit", "predict") and not check.of_tensor]


def tried_in_lines(fix: Change, code: str) -> Change:
    """A fix with what its lines do live, where they make a model that runs."""
    if not fix.diff or fix.tried is not None:
        return fix
    try:
        again = find(clean(applied(code, fix.diff)), None, Entries()).spec
    except LookupError:  # the diff is of lines that are no code
        return fix
    tried = attempt(again) if again is not None and again.calls else None
    return dataclasses.replace(fix, tried=tried) if tried is not None and tried.ran else fix


def in_todays_words(code: str) -> Change | None:
    """The asker's own lines with the old arguments under today's names, where that runs."""
    changed = renamed(code)
    again = find(clean(changed), None, Entries()).spec if changed is not None else None
    tried = attempt(again) if again is not None else None
    if changed is None or tried is None or not tried.ran:
        return None
    means = "Older versions used different names; the model stays the same."
    label = "Use the names that the arguments have in today's Keras."
    if imports_only(code, changed):
        label = "Import from where today's Keras has it."
        means = "Older versions kept it in separate modules; the model stays the same."
    elif changed.count("keras.ops.") > code.count("keras.ops."):
        label = "Use keras.ops: today's Keras has the functions of its old backend there."
    return Change(label, means=means, tried=tried, diff=diff_of(code, changed))


def _diff(code: str, spec: ModelSpec, mend: Mend) -> str:
    """The change in the asker's own lines; "" where it has no place there, or where the new lines don't run."""
    changed = patched(code, spec, mend.spec, mend.code) if code else None
    again = _again(changed, spec) if changed is not None else None
    if changed is not None and again is not None:
        if _bare(again) == _bare(mend.spec):
            return diff_of(code, changed)
        if len(_with_data(again)) >= len(_with_data(spec)) and attempt(again).ran:  # else less of it was read
            return diff_of(code, changed)
    for text in configured(code, spec, mend.spec) if code else ():
        found = _again(text, spec)
        if found is not None and _bare(found) == _bare(mend.spec):
            return diff_of(code, text)
    return ""


def _worked_out(spec: ModelSpec, call: int | None) -> tuple[Sizes, ...]:
    """What reaches a call, where the live model doesn't tell: by the rules."""
    return next((inputs for i, inputs, _ in walk(spec) if i == call), ())


def _bare(spec: ModelSpec) -> str:
    """What a program does, without the names and lines of its layers."""

    def bare(value: object) -> object:
        if isinstance(value, LayerSpec):
            return value.class_name, sorted((key, repr(bare(v))) for key, v in value.arguments)
        return [bare(part) for part in value] if isinstance(value, tuple) else value

    calls = [(bare(spec.layers[call.layer]), call.inputs, call.states, call.mask) for call in spec.calls]
    checks = [
        (
            c.kind,
            c.shapes,
            c.targets,
            c.loss,
            c.number,
            c.batch_size,
            c.label,
            c.weights,
            c.output,
            c.metrics,
            c.losses,
            c.keys,
            c.loss_keys,
            c.target_keys,
        )
        for c in spec.checks
    ]
    return repr(([tensor.shape for tensor in spec.inputs], calls, spec.outputs, checks))


def _once(mends: Iterator[tuple[Mend, Mender]]) -> list[tuple[Mend, Mender]]:
    """Each changed program once, the smallest changes first."""
    by_spec: dict[str, tuple[Mend, Mender]] = {}
    for mend, mender in sorted(mends, key=lambda made: made[0].cost):
        by_spec.setdefault(repr(mend.spec), (mend, mender))
    return list(by_spec.values())[:MOST_TRIED]


def _change(mend: Mend, tried: Attempt, diff: str) -> Change:
    return Change(mend.label, code=mend.code, means=_with_stand_ins(mend.means, mend.spec), tried=tried, diff=diff)


def _with_stand_ins(means: str, spec: ModelSpec) -> str:
    """What a change means, and what it was tried with where the real thing would take too long."""
    held = dict.fromkeys(layer.class_name.removeprefix(PREFIX) for layer in spec.layers if is_backbone(layer))
    tried = (
        f"Tried with a small substitute for {' and '.join(held)} that takes and returns the same shapes."
        if held
        else ""
    )
    return f"{means} {tried}".strip()


def _refused_operation(spec: ModelSpec) -> tuple[int, tuple[Sizes, ...]] | None:
    """The first operation whose operands don't fit, with their shapes: Keras names no layer for it."""
    for i, inputs, outputs in walk(spec):
        operation = spec.layers[spec.calls[i].layer].class_name.startswith("ops.")
        if operation and outputs is None and len(inputs) == 2:
            return i, inputs
    return None


def broken_at(spec: ModelSpec, found: Inspection) -> Broken:
    """The program with the call at which it failed, and the live shapes around it."""
    name = found.error.layer if found.error is not None else None
    if found.error is not None and name is None and (refused := _refused_operation(spec)) is not None:
        return Broken(spec, *refused)
    calls = [i for i, call in enumerate(spec.calls) if spec.layers[call.layer].name == name]
    done = sum(step.layer == name and not step.failed for step in found.flow)  # calls of a shared layer that worked
    call = calls[min(done, len(calls) - 1)] if calls else None
    failed = next((step for step in found.flow if step.failed), None)
    reaching = tuple(sizes(link.shape) for link in failed.inputs) if failed is not None else _worked_out(spec, call)
    outputs = {step.layer: sizes(step.outputs[0]) for step in found.flow if step.outputs}
    made = {i: outputs[key] for i, call_ in enumerate(spec.calls) if (key := spec.layers[call_.layer].name) in outputs}
    ends: list[Sizes] = [made[ref.index] for ref in spec.outputs if ref.source == "call" and ref.index in made]
    return Broken(spec, call, reaching, made, tuple(ends))
