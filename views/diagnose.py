"""What was read in a pasted text, as HTML and sentences. What was pasted is text here, never markup."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl, urlsplit

from explainers.core.axes import Axis, Shape, is_named
from explainers.core.finding import Ask, Change, Mark
from explainers.reading.asking import MESSAGE
from explainers.reading.origins import AN_EXAMPLE, How, Origins, are_examples
from explainers.reading.results import Pasted
from views import palette
from views.markup import verbatim, whole_shapes

KINDS = {
    "error": "An error message",
    "summary": "A printed summary",
    "code": "Keras code",
    "question": "A question",
    "unknown": "Not recognized",
}
# The same of another framework, whose name stands in it.
KINDS_ELSEWHERE = {"error": "A {} error message", "code": "{} code"}
# The numbers of a message by the words of a page. What isn't here is called as Keras or the learner calls it.
FIELDS = {
    "expected_ndim": "expected ndim",
    "found_ndim": "found ndim",
    "least_arguments": "arguments required",
    "most_arguments": "arguments accepted",
    "given_arguments": "arguments given",
    "input_number": "input (from 0)",
    "came": "features found",
    "state_width": "width of a state",
    "left": "first size",
    "right": "second size",
    "axis_b": "axis of the second tensor",
    "came_b": "second size found",
    "wanted_b": "second size expected",
    "left_ndim": "axes of the first",
    "right_ndim": "axes of the second",
    "wanted_tree": "structure of the outputs",
    "given_tree": "structure of the targets",
    "i": "number of the first",
    "j": "number of the second",
    "indices": "axes indexed",
    "last": "requested axis",
    "output": "number of the output",
    "found_samples": "samples found",
    "second": "samples of the second input",
    "listed": "samples in each array of the list",
    "parts": "samples in each array of y",
    "states_expected": "states of the layer",
    "states_passed": "states given",
    "expected_inputs": "inputs expected",
    "received_inputs": "inputs found",
    "expected_outputs": "tensors expected",
    "found_outputs": "tensors returned",
    "index": "id",
    "weights": "sample weights",
    "losses_given": "losses given",
    "outputs_made": "outputs of the model",
    "place": "losses that belong to an output",
    "low": "smallest allowed",
    "label": "label",
    "values": "numbers in the array",
    "wanted": "numbers in the new shape",
    "n": "rows",
    "stride": "stride",
    "cols": "columns",
}
_NUMBERED = {"position": "in the index", "rest": "among the arguments", "passed": "in the list given"}
LONGEST_SHOWN = 6000  # characters of the pasted text that are repeated


def kind(found: Pasted) -> str:
    """What was pasted, in a few words: "Keras code", "PyTorch code"."""
    elsewhere = KINDS_ELSEWHERE.get(found.kind) if found.elsewhere else None
    return elsewhere.format(found.elsewhere) if elsewhere else KINDS.get(found.kind, found.kind)


def marked(text: str, marks: tuple[Mark, ...], line: int | None = None, table: bool = False) -> str:
    """HTML of the text with what was recognised marked, each mark with a title that says what it is.

    line: the line (from 1) at which the live model failed. table: a printed one, whose lines are never broken.
    """
    shown = text[:LONGEST_SHOWN]
    pieces: list[str] = []
    end = 0
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if mark.start < end or mark.end > len(shown) or mark.start >= mark.end:
            continue
        pieces.append(escape(shown[end : mark.start]))
        pieces.append(f'<mark title="{escape(mark.what)}">{escape(shown[mark.start : mark.end])}</mark>')
        end = mark.end
    pieces.append(escape(shown[end:]))
    body = "".join(pieces)
    if line is not None:
        lines = body.split("\n")
        if 0 < line <= len(lines):
            lines[line - 1] = f'<span class="fails">{lines[line - 1]}<span class="here">  ← fails here</span></span>'
        body = "\n".join(lines)
    more = f"\n… and {len(text) - LONGEST_SHOWN:,} more characters" if len(text) > LONGEST_SHOWN else ""
    kind = "pasted table" if table else "pasted"
    return f'<pre class="{kind}" tabindex="0">{body}{more}</pre>'


def fix_told(fix: Change) -> str:
    """What to do, and what it means."""
    return " ".join(part for part in (fix.label, fix.means) if part)


def tried(fix: Change, origins: Origins) -> str:
    """What happened when a fix was tried; "" for advice."""
    if fix.tried is None:
        return ""
    made_up = origins.made_up(fix.tried.output or ())
    note = f" ({are_examples(made_up)})" if made_up else ""
    return f"Tested live: it runs and returns {fix.tried.output}{note}."


def told(shape: Shape, origins: Origins) -> str:
    """Markdown of a shape: ``(**None**, **15**) batch, features`` in the colors of its axes; no line ends inside it.

    A size that the text doesn't give says how it came here: worked out, or an example.
    """
    painted = ", ".join(palette.directive(axis.axis, str(axis.size)) for axis in shape)
    sizes = whole_shapes(f"({painted}{',' if len(shape) == 1 else ''})")
    names = [(axis.axis, _how(axis, origins)) for axis in shape]
    if not any(is_named(name) or how for name, how in names):
        return sizes
    return f"{sizes} {', '.join(name + how for name, how in names)}"


def _how(axis: Axis, origins: Origins) -> str:
    how = How.READ if axis.size is None else origins.of(axis.size, axis.axis)
    return "" if how is How.READ else f" *({how})*"


def origins_of(found: Pasted) -> Origins:
    """Where the numbers of an answer are from."""
    return Origins(found.text, found.assumed)


def recognised(found: Pasted) -> list[dict[str, str]]:
    """One row per number, in Markdown: what it is, its size, and how it came here."""
    told = origins_of(found).numbers(found.numbers)
    rows = [
        {
            "what": verbatim(field(name) if found.kind == "error" else name),
            "value": verbatim(str(value)),
            "from": str(told[name]["how"]) if name in told else str(How.READ),
        }
        for name, value in found.numbers.items()
    ]
    examples = [(name, number) for name, number in origins_of(found).examples.items() if name not in found.numbers]
    return rows + [{"what": verbatim(n), "value": str(size), "from": str(How.EXAMPLE)} for n, size in examples]


def notes(found: Pasted) -> list[str]:
    """What is said beside the answer; that a size is an example, its row in the table says."""
    return [note for note in (*found.unread, *found.notes) if not note.endswith(AN_EXAMPLE)]


def questions(found: Pasted) -> list[str]:
    """The questions that nothing on the page is there to answer with."""
    return [question for question in found.questions if not any(_answerable(ask, question) for ask in found.asks)]


def messages(found: Pasted) -> tuple[Ask, ...]:
    """The choice of a message, where the text holds several."""
    return tuple(ask for ask in found.asks if ask.key == MESSAGE)


def open_sizes(found: Pasted) -> tuple[Ask, ...]:
    """What the text leaves open about the model."""
    return tuple(ask for ask in found.asks if ask.key != MESSAGE)


def _answerable(ask: Ask, question: str) -> bool:
    """Whether a control is about a question: by its key, by the layer in its key, or as a size of the sample."""
    layer, _, name = ask.key.rpartition(".")
    of_sample = "shape of one sample" in question and (
        ask.key in ("timesteps", "features") or ask.key.startswith("the input's ")
    )
    of_layer = bool(layer) and f" {name}" in question and f" of {layer}?" in question
    return question.startswith((ask.question, f"{ask.key}:")) or of_sample or of_layer


def field(name: str) -> str:
    """``found_ndim`` -> "found ndim", ``position_1`` -> "number 2 in the index"; other names stay as they are."""
    group, _, place = name.rpartition("_")
    if group in _NUMBERED and place.isdigit():
        return f"number {int(place) + 1} {_NUMBERED[group]}"
    return FIELDS.get(name, name)


def query(url: str | None) -> dict[str, str]:
    """The dims of a link: ``/conv1d?steps=1`` -> {"steps": "1"}."""
    return dict(parse_qsl(urlsplit(url or "").query, keep_blank_values=True))
