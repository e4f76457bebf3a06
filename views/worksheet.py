"""A worksheet for paper: blanks to fill in, and the key in a file of its own. Every text in it is escaped.

    tasks(worksheet)  -> the exercises as text: prompt, listing, blanks with their answers
    fragment(sheet)   -> HTML for the page (the exercises, or the key)
    document(sheet)      -> one HTML file that needs nothing else, for the printer; key_document(sheet): the key's

The same worksheet gives the same text, so a key can be printed again years later.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from explainers.core.axes import plain, spoken
from explainers.core.results import Inspection, Layer
from explainers.core.words import listed
from explainers.practice.worksheets.grading import RULE, difficulty
from explainers.practice.worksheets.printing import COMMENT, bare, parted
from explainers.practice.worksheets.results import Exercise, Fed, Worksheet
from views.predict import questions
from views.worksheet_figure import as_picture, figure

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class Blank:
    """One thing to write down: what is asked, the answer, and the reason that stands in the key."""

    asked: str
    answer: str
    why: str = ""
    long: bool = False  # a sentence is to be written, not a number or a shape


@dataclass(frozen=True)
class Task:
    """One exercise as text. lines: a program, its lines numbered from 1; () where none is needed."""

    title: str
    prompt: str
    lines: tuple[str, ...]
    blanks: tuple[Blank, ...]
    difficulty: int = 1
    figure: str = ""  # an SVG

    @property
    def points(self) -> int:
        """One for each blank."""
        return len(self.blanks)


@dataclass(frozen=True)
class Sheet:
    """A worksheet and what stands around it; no address of the machine that made it."""

    worksheet: Worksheet
    title: str
    question: str
    versions: str = ""

    @property
    def file_name(self) -> str:
        """``conv1d_worksheet_7.html``."""
        return f"{self.worksheet.explainer}_worksheet_{self.worksheet.seed}.html"

    @property
    def key_file_name(self) -> str:
        """``conv1d_worksheet_7_key.html``."""
        return self.file_name.replace(".html", "_key.html")


# -- the exercises as text -----------------------------------------------------------------------------------


def tasks(worksheet: Worksheet) -> tuple[Task, ...]:
    """The exercises in their order."""
    return tuple(_MAKERS[exercise.kind](exercise) for exercise in worksheet.exercises)


def _shapes(exercise: Exercise) -> Task:
    blanks = [
        Blank(
            _which(question.name, place, len(question.shapes)),
            plain(shape),
            f"{spoken(shape)}. {question.why}".strip(),
        )
        for question in questions(exercise.inspection)
        for place, shape in enumerate(question.shapes)
    ]
    return Task(
        "Which shapes?",
        "Write the output shape of each layer, as Keras prints it. None means an axis whose size is open.",
        _program(exercise.inspection),
        tuple(blanks),
        difficulty(exercise),
        figure(exercise.inspection, asked=True),
    )


def _which(name: str, place: int, of: int) -> str:
    return f"{name}, output {place + 1}" if of > 1 else name


def _counts(exercise: Exercise) -> Task:
    found = exercise.inspection
    counted = [layer for layer in found.layers if layer.weights]
    blanks = [Blank(layer.name, f"{layer.params:,}", _sum(layer)) for layer in counted]
    if len(counted) > 1:
        total = " + ".join(f"{layer.params:,}" for layer in counted)
        blanks.append(Blank("in all", f"{found.total_params:,}", total))
    return Task(
        "How many parameters?",
        "Write how many numbers the weights of each layer hold. Add up the sizes of all its weights.",
        _program(found),
        tuple(blanks),
        difficulty(exercise),
        figure(found, asked=False),
    )


def _sum(layer: Layer) -> str:
    return "; ".join(f"{w.name}: {w.formula} = {w.numbers} = {w.count:,}" for w in layer.weights)


def _fails(exercise: Exercise) -> Task:
    program = exercise.broken
    assert program is not None
    return Task(
        "Which line fails?",
        "One thing is wrong here. Write the number of the line at which Keras stops, and say what is wrong.",
        program.lines,
        (Blank("line", str(program.line), program.error), Blank("what is wrong", program.why, long=True)),
        difficulty(exercise),
    )


def _batch(exercise: Exercise) -> Task:
    fed = exercise.fed
    assert fed is not None
    samples = fed.inputs[0][1][0].size
    asked = [
        *(Blank(f"shape of the data for {name}", plain(shape), spoken(shape)) for name, shape in fed.inputs),
        Blank(
            "which axis is the batch", "the first", f"{fed.batch_axis} {samples}: how many samples go through together."
        ),
        Blank("what Keras' summary writes there", *_declared(exercise.inspection)),
        *(
            Blank(
                f"output shape of {_which(fed.last, place, len(fed.outputs))} for these data",
                plain(shape),
                spoken(shape),
            )
            for place, shape in enumerate(fed.outputs)
        ),
    ]
    return Task(
        "Which axis is the batch?",
        f"These data are passed to the model together: {_facts(fed)}.",
        _program(exercise.inspection),
        tuple(asked),
        difficulty(exercise),
    )


def _declared(found: Inspection) -> tuple[str, str]:
    batch = found.flow[0].outputs[0][0]
    return str(batch.size), batch.origin


def _facts(fed: Fed) -> str:
    """``features 3, timesteps 6 and samples 7``: from the last axis to the first, not to give the order away."""
    sizes: dict[str, set[int | None]] = {}
    for _, shape in fed.inputs:
        for axis in shape:
            sizes.setdefault(_axis(axis.axis), set()).add(axis.size)
    told = [
        f"{_axis(axis.axis)} {axis.size}" + (f" in {name}" if len(sizes[_axis(axis.axis)]) > 1 else "")
        for name, shape in reversed(fed.inputs)
        for axis in reversed(shape)
    ]
    return listed(list(dict.fromkeys(told)))  # two Inputs may give two sizes to one name: then each says whose it is


def _axis(name: str) -> str:
    return "samples" if name == "batch" else name


def _program(found: Inspection) -> tuple[str, ...]:
    """The lines of the model without imports, classes and shape comments; those of the Inputs stay."""
    inputs = {step.layer for step in found.flow if not step.inputs}
    all_lines = found.code.splitlines()
    kept = {all_lines[number - 1] for name, number in found.code_lines.items() if name in inputs}
    _, lines = parted(found)
    return tuple(line if line in kept else bare(line) for line in lines)


_MAKERS = {"shapes": _shapes, "counts": _counts, "fails": _fails, "batch": _batch}


# -- as HTML -------------------------------------------------------------------------------------------------

STYLE = """
.worksheet { font-size: 1rem; line-height: 1.4; color: inherit; max-width: 60rem; }
.worksheet h2 { font-size: 1.25em; margin: 0 0 .6em; padding: 0; }
.worksheet h3 { font-size: 1.05em; margin: 1.4em 0 .2em; padding: 0; }
.worksheet p { margin: .2em 0; }
.worksheet .task { break-inside: avoid; }
.worksheet .worth { float: right; font-size: .9em; margin: 0; }
.worksheet svg.figure { display: block; max-width: 100%; height: auto; margin: .4em 0; font-size: 11px; }
.worksheet img.figure { display: block; max-width: 100%; height: auto; margin: .4em 0; padding: 4px; background: #fff;
  border-radius: 6px; box-sizing: border-box; }
.worksheet svg rect, .worksheet svg path { fill: none; stroke: currentColor; stroke-width: 1; }
.worksheet svg path.tip { fill: currentColor; }
.worksheet svg text { fill: currentColor; text-anchor: middle; }
.worksheet svg text.name { font-weight: 650; }
.worksheet ol.code { margin: .4em 0; padding: .4em .5em .4em 3em; border: 1px solid #8595ab; border-radius: 6px;
  font-family: "Source Code Pro", ui-monospace, Menlo, Consolas, monospace; font-size: .85em; }
.worksheet ol.code li { padding-left: 1.5em; text-indent: -1.2em; margin: 0; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: inherit; }
.worksheet ol.code .told { display: inline-block; text-indent: 0; }
.worksheet table { border-collapse: collapse; width: 100%; margin: .4em 0 0; }
.worksheet th, .worksheet td { border: 1px solid #8595ab; padding: .3em .5em; text-align: left; vertical-align: top;
  font-weight: 400; overflow-wrap: anywhere; }
.worksheet tbody th { width: 46%; }
.worksheet .blank { height: 1.9em; }
.worksheet .blank.long { height: 3.8em; }
.worksheet .answer { width: 28%; font-weight: 650; }
.worksheet .key tbody th { width: 20%; }
.worksheet .name { display: flex; gap: 2em; margin: 0 0 .6em; }
.worksheet .name span { flex: 1; border-bottom: 1px solid #8595ab; padding-bottom: .2em; }
.worksheet .foot { margin-top: 1em; font-size: .85em; }
"""
# The same rules within the picture of a figure.
_DRAWN = "".join(line for line in STYLE.splitlines() if line.startswith(".worksheet svg ")).replace(
    ".worksheet svg ", ""
)

# On paper a program and its blanks stand side by side, and the key in two columns: six exercises on two pages, their
# key on one, where they fit at this size; more pages where they don't: nothing is printed smaller than 7.5 points.
# Black on white: nothing is told by a color. Neither an exercise nor a row of the key is cut by the end of a page or
# column, and no heading is left behind at one.
_PAPER = """
@page { margin: 11mm 13mm; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 60rem; background: #fff; color: #000;
  font-family: "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; }
h1 { font-size: 1.3em; margin: 0 0 .2em; }
.worksheet .work { display: grid; grid-template-columns: 1.5fr 1fr; gap: .8em; align-items: start; }
@media (max-width: 40rem) { .worksheet .work { grid-template-columns: minmax(0, 1fr); } }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 9pt; }
  .worksheet { font-size: 9pt; line-height: 1.25; max-width: none; }
  .worksheet h3 { margin-top: .8em; }
  .worksheet ol.code { font-size: 7.5pt; margin: .2em 0; padding: .2em .3em .2em 3em; border-color: #000; }
  .worksheet table { margin-top: .2em; }
  .worksheet svg.figure { margin: .2em 0; }
  .worksheet th, .worksheet td { padding: .1em .4em; border-color: #000; }
  .worksheet .name span { border-color: #000; }
  .worksheet .blank { height: 1.7em; }
  .worksheet .blank.long { height: 3.4em; }
  .worksheet:has(.key) { font-size: 8pt; line-height: 1.2; }
  .worksheet .worth, .worksheet .foot { font-size: 8pt; }
  .worksheet .key { columns: 2; column-gap: 6mm; }
  .worksheet .key .task { break-inside: auto; }
  .worksheet .key h3, .worksheet .key .worth { break-after: avoid; }
  .worksheet .key tr { break-inside: avoid; }
  .worksheet .key h3 { margin-top: .4em; }
}
"""
_LONGEST_WHY = 600  # letters of a reason in the key: the sum of any lesson's layer is shorter


def document(sheet: Sheet) -> str:
    """The file to print for the class: the exercises alone."""
    name = '<div class="worksheet"><p class="name"><span>Name</span><span>Date</span><span>Points</span></p></div>'
    return _file(sheet, f"Worksheet: {sheet.title}", f"<p>{escape(sheet.question)}</p>\n{name}", key=False)


def key_document(sheet: Sheet) -> str:
    """The file to print for the teacher: the answers alone."""
    return _file(sheet, f"Key: {sheet.title}", "", key=True)


def _file(sheet: Sheet, title: str, above: str, key: bool) -> str:
    heading, body = escape(title), fragment(sheet, key)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{heading} ({sheet.worksheet.seed})</title>\n<style>{STYLE}{_PAPER}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{heading}</h1>\n{above}\n{body}\n</main>\n</body>\n</html>\n"
    )


def fragment(sheet: Sheet, key: bool = False) -> str:
    """The exercises, or the key, as HTML that stands inside a page. Its style is `STYLE`."""
    made = tasks(sheet.worksheet)
    body = "\n".join(_task(number, task, key) for number, task in enumerate(made, 1))
    kind = "key" if key else "sheet"
    total = sum(task.points for task in made)
    told = f"{_worth(total)} in all, one for each blank. {RULE}"
    return (
        f'<div class="worksheet">\n<p class="rule">{escape(told)}</p>\n<div class="{kind}">\n{body}\n</div>\n'
        f"{_foot(sheet, key)}\n</div>"
    )


def on_page(sheet: Sheet) -> str:
    """The exercises for a page of the app, which lets no SVG through: each figure is an image, on white."""
    shown = fragment(sheet)
    for task in tasks(sheet.worksheet):
        if task.figure:
            shown = shown.replace(task.figure, as_picture(task.figure, _DRAWN), 1)
    return shown


def _task(number: int, task: Task, key: bool) -> str:
    worth = f'<p class="worth">{"★" * task.difficulty} · {_worth(task.points)}</p>'
    head = f"{worth}<h3>{number}. {escape(task.title)}</h3>"
    if key:
        return f'<section class="task">{head}{_answers(task)}</section>'
    work = f'<div class="work">{_code(task)}{_blanks(task)}</div>'
    return f'<section class="task">{head}<p>{escape(task.prompt)}</p>{task.figure}{work}</section>'


def _worth(points: int) -> str:
    return f"{points} point{'' if points == 1 else 's'}"


def _code(task: Task) -> str:
    if not task.lines:
        return ""
    return '<ol class="code">' + "".join(f"<li>{_line(line)}</li>" for line in task.lines) + "</ol>"


def _line(line: str) -> str:
    """Its shape comment is kept together: broken after the #, the rest would look like code."""
    code, found, told = line.partition(COMMENT)
    return f'{escape(code)}  <span class="told">{escape((COMMENT + told).lstrip())}</span>' if found else escape(line)


def _blanks(task: Task) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(b.asked)}</th><td class="blank{" long" if b.long else ""}"></td></tr>'
        for b in task.blanks
    )
    return f"<table><tbody>{rows}</tbody></table>"


def _answers(task: Task) -> str:
    rows = "".join(f'<tr><th scope="row">{escape(b.asked)}</th>{_answer(b)}</tr>' for b in task.blanks)
    return f"<table><tbody>{rows}</tbody></table>"


def _answer(blank: Blank) -> str:
    """In one cell where there is no reason to give."""
    if not blank.why:
        return f'<td class="answer" colspan="2">{escape(blank.answer)}</td>'
    return f'<td class="answer">{escape(blank.answer)}</td><td>{escape(_short(blank.why))}</td>'


def _short(why: str) -> str:
    return why if len(why) <= _LONGEST_WHY else why[: _LONGEST_WHY - 1].rstrip() + "…"


def _foot(sheet: Sheet, key: bool) -> str:
    told = f"{sheet.title}, worksheet with seed {sheet.worksheet.seed}."
    if key:
        told += f" Every answer comes from a live model built for this worksheet. {sheet.versions}"
    return f'<p class="foot">{escape(told.strip())}</p>'
