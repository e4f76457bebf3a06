"""The words of docs/STYLE.md as a test: phrases that read as if translated appear in no sentence that a user sees."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# What is not said -> what is said instead. docs/STYLE.md gives the reasons.
BANNED = {
    r"\banswers? with\b": "returns",
    r"\b(?:stands?|stood|standing)\b": "is shown, appears, is, means",
    r"\b(?:of|on) (?:its|their|his|her|your|our|one's) own\b": "its own …, a separate …",
    r"\b(?:that|which|what) came\b|\bcame in\b": "that you passed, the input",
    r"\bcomes? out\b|\bout comes\b": "is the output, you get",
    r"\bthe one(?: \S+){0,6} the other\b|\bthe one size\b": "the first … the second",
    r"\bnobody\b": "never, no one",
    r"\bbeside\b": "next to, besides",
    r"\b(?:axis|axes|layers?|kernels?|cells?) wants?\b": "needs, expects",
    r"\b(?:data|arrays?|samples?|texts?) brings?\b": "has, have",
    r"\b(?:model|loss|predict|fit|keras|rnn|crossentropy`) wants\b": "needs, expects, takes",
    r"\bhow many \w+ ha(?:s|ve) (?:the|a|this|…)": "how many … does it have",
    r"\bdifference to\b": "difference from",
    r"\bin silence\b|\bwithout a word\b|\banew\b": "silently, without a warning, again",
    r"\b(?:axes|axis|zeros?|dense|steps|weights?|1) behind\b|\bbehind (?:a|the) (?:flatten|batch|end|axes)\b": "after",
    r"\bhands? over\b|\bsays the next\b": "pass, predicts",
    r"\bhand(?:s|ed)? (?:it|them|its \w+|states?) (?:on|to)\b|\bhand(?:s|ed) (?:on|out|it|them|to)\b": "pass, return",
    r"\banother \w+ than\b|\bsomething else than\b": "a different … from, something other than",
    r"\bin place of\b": "instead of",
    r"\bgoes on (?:by itself|in a moment)\b": "continues",
    r"\b(?:an|one) (?:axis|row|step) more\b|\bone bite\b": "one more …, at once",
    r"\bfill(?:s|ed)? up (?:with|to)\b": "pad with",
    r"\bwhat (?:shape|type|size) has\b": "what is the shape of",
    r"\bis so\b|\bwhat helps\b|\ball that helps\b": "how to fix it, what actually happens",
    r"\bwhat people believe\b|\bpeople ask\b|\bfor a class\b|\btake it away\b|\bfiles and links\b": "see Headings",
    r"\bnone made concrete\b|\bcall by call\b|\btried just now\b|\bwhat you have\b": "see Headings",
    r"\bended unexpectedly\b|\bfrom outside\b|\bas ever\b|\ball the same\b": "crashed, external, as before, still",
    r"\bcolour\w*|\bbehaviour\w*|\b\w*neighbour\w*|\bgrey\b|\bcentre[ds]?\b|\blicence\b|\bartefacts?\b": "American",
    r"\b(?:recogni|normali|initiali|optimi|summari|organi|reali|speciali|generali)s(?:e[ds]?|ing|ation)\b": "-ize",
    r"\blearnt\b|\banalys(?:e[ds]?|ing)\b|\bmodell(?:ed|ing)\b|\blabelled\b|\bcancelled\b": "American",
    r"\banother (?:number|shape|size|order|length|form)\b": "a different …",
    r"(?:…|\b(?:many|others|nothing|none)) came\b": "you passed …, has …",
    r"(?<!there )\b(?:is|are) no (?:number|tuple|list|shape|text|cell|forecast|table|layer of|file of)\b": "isn't a",
    r"\blast but one\b|\bput yours there\b|\bhas gone\b": "next-to-last, use your own, no longer exists",
    r"\b[01] long\b|\b(?:steps|updates) an epoch\b|\bnumbers a pixel\b": "whose size is 1, per epoch, per pixel",
    r"\bturn(?:s|ed|ing)? (?:the |its )?axes\b|\blaid? flat\b": "swap, reorder, flatten",
    r"\bsums? \S+ away\b|\btakes? (?:\S+ ){1,3}(?:away|off)\b": "sums over, removes",
    r"\bover restarts\b|\bon (?:linux|one core) alone\b": "across restarts, only",
    r"(?<![\d.,×·+/=-])(?<![·×+=] )\b1 (?:features|units|steps|timesteps|samples|parameters|axes|layers)\b": "singular",
}
PATTERNS = {re.compile(pattern, re.IGNORECASE): instead for pattern, instead in BANNED.items()}

CODE = ("shell", "views", "pages", "explainers", "workers", "settings", "shape_explainer", "rooms")
TEXTS = ("README.md", "CHANGELOG.md", "docs")
QUOTES = ("docs/STYLE.md",)  # it names what it forbids

# Files whose sentences are still to be mended, and how many offenses each has at most. This list only gets shorter.
STILL: dict[str, int] = {}

# “Answer” is what somebody says to a question (docs/STYLE.md, One word for one thing). These files are about questions
# that somebody is asked, or hold a key of JSON or a preset's name; no others say it, in a sentence or in code.
ANSWERS = {
    "explainers/practice/": "questions with a judge, and their worksheets",
    "explainers/reading/": "what a pasted text leaves open is answered",
    "explainers/core/finding.py": "what a pasted text leaves open is answered",
    "explainers/core/mistakes/kit/scene.py": "what a pasted text leaves open is answered",
    "explainers/cli.py": "--answer",
    "explainers/service.py": "a learner's answer is handed to the judge",
    "explainers/core/tell.py": "a key of JSON",
    "explainers/sequence_set.py": "a key of JSON",
    "views/sequence_set.py": "a key of JSON",
    "explainers/simple_rnn.py": "a preset's name",
    "explainers/t_lstm.py": "a preset's name",
    "shell/challenges.py": "a learner's answer",
    "shell/misconceptions.py": "a learner's answer",
    "views/misconceptions.py": "a learner's answer",
    "shell/sections/predict.py": "a learner's answer",
    "shell/sections/practise.py": "a learner's answer",
    "shell/lesson.py": "a learner's answer",
    "shell/class_api.py": "a student's answer",
    "shell/class_routes.py": "a student's answer",
    "shell/class_trying.py": "a student's answer",
    "shell/class_choose.py": "a student's answer",
    "shell/class_lead.py": "a student's answer",
    "shell/class_after.py": "a student's answer",
    "shell/class_screen.py": "a student's answer",
    "views/classes.py": "a student's answer",
    "rooms/": "a student's answer",
    "shell/classroom.py": "hide=answers, and the answer key",
    "views/classroom.py": "hide=answers",
    "views/worksheet.py": "the answer key",
    "shell/way_in.py": "what is typed is a question",
    "shell/home.py": "what is typed is a question",
}
_REQUEST = re.compile(r"\banswers? (?:short )?(?:questions?|requests?)\b", re.IGNORECASE)  # a verb: a worker does that
_ANSWER = re.compile(r"(?<![a-z])answers?(?![a-z])", re.IGNORECASE)

_JAVASCRIPT = re.compile(
    r"//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)"
)


def offenses(text: str) -> list[str]:
    """``["“stands” (is shown, …)"]``: the banned phrases in a text."""
    return [f"“{found[0]}” ({instead})" for pattern, instead in PATTERNS.items() for found in pattern.finditer(text)]


@cache
def of_python(path: Path) -> tuple[tuple[int, str], ...]:
    """What `literals` finds in a file, once for all tests."""
    return tuple(literals(path))


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Every literal of two words or more with its line; docstrings are for programmers. `…` is what is put in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            parts = [str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values]
            yield node.lineno, "".join(parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def of_javascript(path: Path) -> Iterator[tuple[int, str]]:
    """Every literal, without the comments."""
    text = path.read_text(encoding="utf-8")
    for found in _JAVASCRIPT.finditer(text):
        if found[1]:
            yield text.count("\n", 0, found.start()) + 1, re.sub(r"\$\{[^}]*\}", "…", found[1][1:-1])


def of_markdown(path: Path) -> Iterator[tuple[int, str]]:
    """Every paragraph, without code and addresses."""
    pieces = re.split(r"(?m)^ *```", path.read_text(encoding="utf-8"))  # every second one is code
    text = "".join(piece if i % 2 == 0 else "\n" * piece.count("\n") for i, piece in enumerate(pieces))
    line = 1
    for paragraph in text.split("\n\n"):
        yield line, " ".join(re.sub(r"`[^`\n]*`|\]\([^)\n]*\)", "`…`", paragraph).split())
        line += paragraph.count("\n") + 2


@cache
def sentences() -> tuple[tuple[str, int, str], ...]:
    """Path, line and text of everything that a user may read."""
    return tuple(read_through())


def read_through() -> Iterator[tuple[str, int, str]]:
    for place in CODE:
        for path in sorted((ROOT / place).rglob("*.py")):
            yield from ((str(path.relative_to(ROOT)), *one) for one in of_python(path))
    for path in sorted((ROOT / "views" / "assets").glob("*.js")):
        yield from ((str(path.relative_to(ROOT)), *one) for one in of_javascript(path))
    for place in TEXTS:
        top = ROOT / place
        for path in sorted(top.rglob("*.md")) if top.is_dir() else [top]:
            if str(path.relative_to(ROOT)) not in QUOTES:
                yield from ((str(path.relative_to(ROOT)), *one) for one in of_markdown(path))


@cache
def found_offenses() -> dict[str, list[str]]:
    """The offenses of each file that has some, each with its line."""
    found: dict[str, list[str]] = {}
    for path, line, text in sentences():
        if len(text.split()) > 1:
            found.setdefault(path, []).extend(
                f"{path}:{line} {offense} in {text[:160]!r}" for offense in offenses(text)
            )
    return {path: told for path, told in found.items() if told}


def test_no_sentence_has_a_phrase_that_the_style_forbids() -> None:
    found = found_offenses()
    more = [told for path, every in found.items() if len(every) > STILL.get(path, 0) for told in every]
    assert not more, "\n".join(more)


def test_the_list_of_files_to_mend_only_gets_shorter() -> None:
    left = Counter({path: len(every) for path, every in found_offenses().items()})
    assert not [path for path in STILL if not left[path]], "mended: take these files off the list"


@pytest.mark.parametrize(
    "text",
    [
        "the answer stands here", "None made concrete", "two layers, each of its own", "a colour",
        "the features that came", "(batch, 1 features)", "The layer wants three axes",
        "the one is 3, the other 4", "It is recognised",
        "in another order", "5 features, but … came",
    ],
)  # fmt: skip
def test_the_list_finds_what_it_is_there_for(text: str) -> None:
    assert offenses(text)


@pytest.mark.parametrize(
    "text",
    [
        "You understand the answer", "1 feature", "kernel: 64 · 1 units", "recognized", "its own weights",
        "another one", "the other input",
    ],
)  # fmt: skip
def test_plain_words_pass(text: str) -> None:
    assert not offenses(text)


def test_all_kinds_of_files_are_walked() -> None:
    walked = {path for path, _, _ in sentences()}
    for path in ("shell/lesson.py", "views/assets/calls.js", "README.md", "docs/DECISIONS.md", "explainers/conv1d.py"):
        assert path in walked
    told = {text for _, _, text in sentences()}
    assert any("Keras is starting" in text for text in told)


def names_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every name that a file gives to something: variables, arguments, functions, classes, attributes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


def test_an_answer_is_what_somebody_says_to_a_question() -> None:
    places = {str(path.relative_to(ROOT)): path for place in CODE for path in (ROOT / place).rglob("*.py")}
    found = [
        f"{name}:{line} {text[:120]!r}"
        for name, path in sorted(places.items())
        if not name.startswith(tuple(ANSWERS))
        for line, text in (*of_python(path), *names_of(path))
        if _ANSWER.search(_REQUEST.sub("", text))
    ]
    assert not found, "an output, a prediction, a sentence, a reply?\n" + "\n".join(found)


def test_every_file_that_may_say_answer_does() -> None:
    for name in ANSWERS:
        top = ROOT / name
        texts = (path.read_text(encoding="utf-8") for path in ([top] if top.is_file() else top.rglob("*.py")))
        assert any(_ANSWER.search(text) for text in texts), name
