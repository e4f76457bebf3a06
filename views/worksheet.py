"""A worksheet for paper: blanks to fill in, and the key on a page of its own. Every text in it is escaped.

    tasks(worksheet)  -> the exercises as text: prompt, listing, blanks with their answers
    fragment(sheet)   -> HTML for the page (the exercises, or the key)
    document(sheet)   -> one HTML file that needs nothing else, for the printer

The same worksheet gives the same text, so a key can be printed again years later.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from explainers.core.axes import plain, spoken
from explainers.core.results import Inspection, Layer
from explainers.core.words import listed
from explainers.practice.worksheets.printing import bare, parted
from explainers.practice.worksheets.results import Exercise, Fed, Worksheet
from views.predict import questions

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class Blank:
    """One thing to write down: what is asked, the answer, and the reason that stands in the key."""

    asked: str
    answer: str
    why: str = ""


@dataclass(frozen=True)
class Task:
    """One exercise as text. lines: a program, its lines numbered from 1; () where none is needed."""

    title: str
    prompt: str
    lines: tuple[str, ...]
    blanks: tuple[Blank, ...]
    url: str


@dataclass(frozen=True)
class Sheet:
    """A worksheet and what stands around it. address: of the app, "http://host"; "" where it isn't known."""

    worksheet: Worksheet
    title: str
    question: str
    address: str = ""
    versions: str = ""

    @property
    def file_name(self) -> str:
        """``conv1d_worksheet_7.html``."""
        return f"{self.worksheet.explainer}_worksheet_{self.worksheet.seed}.html"


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
        "Write the shape that each layer gives, as Keras prints it. None means an axis whose size is open.",
        _program(exercise.inspection),
        tuple(blanks),
        exercise.url,
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
        "Write how many numbers each layer has in its weights. The sum of its weights' sizes is the answer.",
        _program(found),
        tuple(blanks),
        exercise.url,
    )


def _sum(layer: Layer) -> str:
    return "; ".join(f"{w.name}: {w.formula} = {w.numbers} = {w.count:,}" for w in layer.weights)


def _fails(exercise: Exercise) -> Task:
    program = exercise.broken
    assert program is not None
    return Task(
        "Which line fails?",
        "Something is wrong in this program. Write the number of the first line at which Keras stops, and what "
        "has to be changed.",
        program.lines,
        (Blank("line", str(program.line), program.error), Blank("what is wrong", program.why)),
        exercise.url,
    )


def _batch(exercise: Exercise) -> Task:
    fed = exercise.fed
    assert fed is not None
    samples = fed.inputs[0][1][0].size
    asked = [
        *(Blank(f"shape of the data for {name}", plain(shape), spoken(shape)) for name, shape in fed.inputs),
        Blank("which axis is the batch", "the first", f"{fed.batch_axis} {samples}: how many samples come together."),
        Blank("what Keras' summary writes there", *_declared(exercise.inspection)),
        *(
            Blank(f"shape that {_which(fed.last, place, len(fed.outputs))} then gives", plain(shape), spoken(shape))
            for place, shape in enumerate(fed.outputs)
        ),
    ]
    return Task(
        "Which axis is the batch?",
        f"These data go through the model together: {_facts(fed)}.",
        _program(exercise.inspection),
        tuple(asked),
        exercise.url,
    )


def _declared(found: Inspection) -> tuple[str, str]:
    batch = found.flow[0].outputs[0][0]
    return str(batch.size), batch.origin


def _facts(fed: Fed) -> str:
    """``features 3, timesteps 6 and samples 7``: from the last axis to the first, not to give the order away."""
    sizes = {
        "samples" if axis.axis == "batch" else axis.axis: axis.size
        for _, shape in reversed(fed.inputs)
        for axis in reversed(shape)
    }
    return listed([f"{name} {size}" for name, size in sizes.items()])


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
.worksheet { font-size: 1rem; line-height: 1.45; color: inherit; max-width: 60rem; }
.worksheet h2 { font-size: 1.25em; margin: 0 0 .6em; padding: 0; }
.worksheet h3 { font-size: 1.05em; margin: 1.6em 0 .3em; padding: 0; }
.worksheet p { margin: .3em 0; }
.worksheet .task { break-inside: avoid; }
.worksheet ol.code { margin: .6em 0; padding: .5em .5em .5em 3em; border: 1px solid #8595ab; border-radius: 6px;
  font-family: "Source Code Pro", ui-monospace, Menlo, Consolas, monospace; font-size: .85em; }
.worksheet ol.code li { padding-left: .3em; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font-size: inherit; }
.worksheet table { border-collapse: collapse; width: 100%; margin: .6em 0 0; }
.worksheet th, .worksheet td { border: 1px solid #8595ab; padding: .4em .6em; text-align: left; vertical-align: top;
  font-weight: 400; overflow-wrap: anywhere; }
.worksheet tbody th { width: 30%; }
.worksheet .blank { height: 2.2em; }
.worksheet .answer { width: 26%; font-weight: 650; }
.worksheet .name { display: flex; gap: 2em; margin: 0 0 1em; }
.worksheet .name span { flex: 1; border-bottom: 1px solid #8595ab; padding-bottom: .2em; }
.worksheet .foot { margin-top: 1.5em; font-size: .85em; }
"""

_PAPER = """
@page { margin: 18mm 16mm; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 60rem; background: #fff; color: #0f172a;
  font-family: "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; }
.key { break-before: page; margin-top: 4rem; }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 10.5pt; } .key { margin-top: 0; } }
"""


def document(sheet: Sheet) -> str:
    """The file to print: exercises first, the key on a new page."""
    heading = escape(f"Worksheet: {sheet.title}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{heading} ({sheet.worksheet.seed})</title>\n<style>{_PAPER}{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{heading}</h1>\n<p>{escape(sheet.question)}</p>\n<div class="worksheet">'
        f'<p class="name"><span>Name</span><span>Date</span></p></div>\n{fragment(sheet)}\n'
        f'<section class="key">\n<h1>{escape(f"Key: {sheet.title}")}</h1>\n{fragment(sheet, key=True)}\n</section>\n'
        "</main>\n</body>\n</html>\n"
    )


def fragment(sheet: Sheet, key: bool = False) -> str:
    """The exercises, or the key, as HTML that stands inside a page. Its style is `STYLE`."""
    body = "\n".join(_task(number, task, sheet, key) for number, task in enumerate(tasks(sheet.worksheet), 1))
    return f'<div class="worksheet">\n{body}\n{_foot(sheet, key)}\n</div>'


def _task(number: int, task: Task, sheet: Sheet, key: bool) -> str:
    head = f"<h3>{number}. {escape(task.title)}</h3>"
    if key:
        link = f'<p class="foot">{escape(sheet.address + task.url)}</p>'
        return f'<section class="task">{head}{_answers(task)}{link}</section>'
    return f'<section class="task">{head}<p>{escape(task.prompt)}</p>{_code(task)}{_blanks(task)}</section>'


def _code(task: Task) -> str:
    if not task.lines:
        return ""
    return '<ol class="code">' + "".join(f"<li>{escape(line)}</li>" for line in task.lines) + "</ol>"


def _blanks(task: Task) -> str:
    rows = "".join(f'<tr><th scope="row">{escape(b.asked)}</th><td class="blank"></td></tr>' for b in task.blanks)
    return f"<table><tbody>{rows}</tbody></table>"


def _answers(task: Task) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(b.asked)}</th><td class="answer">{escape(b.answer)}</td>'
        f"<td>{escape(b.why)}</td></tr>"
        for b in task.blanks
    )
    return f"<table><tbody>{rows}</tbody></table>"


def _foot(sheet: Sheet, key: bool) -> str:
    told = f"Worksheet {sheet.worksheet.seed} of {sheet.title}."
    if key:
        told += f" Every answer comes from a model that was built for it. {sheet.versions}"
    return f'<p class="foot">{escape(told.strip())}</p>'
