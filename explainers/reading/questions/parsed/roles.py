"""What each number of a question counts: its role, by the word next to it. One table, read once from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

# role: the words that say it, the number before or behind them. The first role that fits a place is taken.
ROLES: dict[str, str] = {
    "batch": (
        r"(?:samples?|examples?|sequences?|images?|rows) (?:per|in (?:a|each|one|every)) batch|"
        r"batch[ _-]?sizes?|batch ?\(size|bs|per batch|(?:mini-?)?batch(?:es)? of|batch"
    ),
    "epochs": r"epochs?",
    "key_dim": r"(?<=heads and )dim\w*|(?<=heads of )(?:size|dim\w*)|key[ _]dims?|key dimensions?|head (?:size|dim)",
    "heads": r"(?:num_|number of )?(?:attention )?heads?",
    "queries": r"quer(?:y|ies)(?:[ _](?:steps|tokens|positions|length|timesteps|words))?",
    "keys": r"(?:keys?|values?|keys? ?(?:/|and) ?values?)[ _](?:steps|tokens|positions|length|timesteps|words)|keys",
    "vocabulary": (
        r"(?:vocab(?:ulary)?|dictionary)(?:[ _]size)?|(?:different|unique|distinct) (?:words|ids|tokens|items|"
        r"values)|max_features|"
        r"(?<=embedding )input_dim|vocabulary words|words? in (?:the )?(?:vocabulary|dictionary)"
    ),
    "largest_id": r"(?:max(?:imum)?|largest|highest) (?:word )?(?:index|id|token id|value)",
    "output_dim": (
        r"output_dim|embed(?:ding)?[ _](?:dim(?:ension)?s?|size)|embedding vector|dim(?:ensional)? embeddings?|"
        r"embed(?:ding)?|d_?model|model dim(?:ension)?"
    ),
    "padded": r"padding|pad",
    "dilation": r"dilation(?:_rate| rate)?|dilated",
    "strides": r"strides?|hop(?:[ _]length)?|shift",
    "pool": r"pool(?:ing)?[ _]?(?:size|window)|pool",
    "kernel": (
        r"(?:kernel|filter)[ _]?size|kernel(?: of size| width)?|filter length|"
        r"(?<=filters )of (?:size|width|length)|(?<=kernels )of (?:size|width|length)|(?<=filter )of (?:size|length)"
    ),
    "filters": r"(?:output |conv(?:olution(?:al)?)? |different )?(?:filters?|kernels|feature ?maps)",
    "channels": r"(?:colou?r |input )?channels?|colors",
    "units": (
        r"(?:lstm |gru |rnn |hidden |dense |recurrent ){0,2}"
        r"(?:units?|neurons?|neuronen|neuronas|einheiten|nodes?|cells?)|"
        r"hidden[ _](?:size|dim\w*|state)|hidden(?! layers?)"
    ),
    "classes": (
        r"(?:output )?class(?:es)?|categor(?:y|ies)|klassen|clases|species|digits|tags?|breeds|emotions|genres|moods|"
        r"languages|diseases|activities|stars|ratings|"
        r"gestures|diagnos[ei]s|(?:different |possible )(?:types|kinds|results|labels|letters)|types of \w+|"
        r"kinds of \w+|possible (?:labels|outcomes|values)"
    ),
    "outputs": r"outputs?(?: (?:units?|neurons?|nodes?|values|dim))?|labels?|targets?|outs?(?! of\b)",
    "inputs": (
        r"eing[aä](?:ben|nge[n]?)|entradas|input_(?:size|dim)|pixels|in(?= ?(?:and|,|/|&) ?\d)|"
        r"inputs?(?: (?:units?|neurons?|nodes?|values|size|dim\w*|features?))?"
    ),
    "features": (
        r"features?|n_features|variables?|columns?|cols|sensors?|leads?|electrodes?|predictors?|attributes?|"
        r"measurements? per|values(?! in| of|\?)|"
        r"values? (?:per|at each|each) (?:time ?)?step|numbers? (?:per|at each) (?:time ?)?step|"
        r"float(?:ing point)?(?: numbers| values)?|floats|real numbers|numbers in total|"
        r"indicators?|merkmalen?|spalten|caracter[ií]sticas|columnas|"
        r"(?<=(?:of|nd|th) )dimension(?:ality)?|amino acids|nucleotides|bases|"
        r"dim(?:ensional|s|ensions)?(?: (?:word )?(?:vectors?|embeddings?|inputs?|features?))?"
    ),
    "steps": (
        r"time ?-?_?steps?|n_steps|steps?(?! per epoch)|zeitschritten?|pasos|"
        r"(?:seq(?:uence)?|input|max)?[ _]?len(?:gth)?|frames?|words?|tokens?|lags?|look[ _-]?back|"
        r"(?:sliding )?windows?(?: (?:size|length))?|(?:time |data )?points|readings|"
        r"past (?:days|hours|steps)|characters|timestamps"
    ),
    "layers": r"(?:hidden |stacked |lstm |gru |dense |conv )?layers?",
    "days": r"days|hours|minutes|weeks|months|years",
    "samples": (
        r"(?:training |train |test |validation |data )?(?:samples?|examples?|instances|images|pictures|photos|clips|"
        r"sequences|recordings?|rows|lines|records|observations|files|signals)|n[b_]?_?samples|sentences?|reviews?|"
        r"tweets?|documents?|texts|emails|articles|patients?|subjects?|persons?|people|videos?|trials?|customers|users|stocks|"
        r"(?:training|train|data ?set|data)(?: set)?(?: size)?|series|stichproben|bilder[n]?|beispielen?|zeilen|"
        r"datens[aä]tzen?|muestras|filas|time series|houses|products|songs|entries|points|participants|shops?|stores|"
        r"companies|machines|stations|households|cities|countries|students|animals|molecules|segments|utterances|"
        r"of them|midi files"
    ),
    "times": r"times",
    "groups": r"groups",
    "hertz": r"hz",
    "kilohertz": r"khz",
    "seconds": r"s|sec(?:onds?)?",
    "percent": r"%|percent",
    "count": r"(?:trainable |non-?trainable |total )?(?:param(?:eter)?s?|weights)(?: #)?",
}
_BETWEEN = (  # words after a number that never belong to it
    "and|or|x|of|with|to|on|per|in|by|is|are|for|from|at|after|then|into|as|the|a|an|each|has|have|gives?|input|output|"
    "kernel|same|valid|but|on|instead|not|batch|epochs?|strides?|if|when|do|does|i|we|why|how|what|time|step"
)
_WORDS = "|".join(f"(?P<{name}>{words})" for name, words in ROLES.items())
_AFTER = re.compile(rf"\s?-?\s?(?:(?!(?:{_BETWEEN})\b)[a-z]{{2,12}}[ -])?(?:{_WORDS})(?![a-z_])")
# ``9 big white owls``
_FAR_AFTER = re.compile(
    rf"\s?(?:(?!(?:{_BETWEEN})\b)[a-z]{{2,12}} ){{2}}(?:{_WORDS})(?![a-z_])"
)  # ``9 big white owls``
_DIRECTLY_AFTER = re.compile(rf"\s?-?\s?(?:{_WORDS})(?![a-z_])")
_BEFORE = re.compile(
    rf"(?<![a-z_])(?:{_WORDS})\s?(?:(?:size|number|count|is|are|of|be|to|as|with|equals?|was) )?"
    r"(?P<sign>[=:]?)\s?[(\[]?\s?$"
)
_NUMBER = re.compile(r"(?<![\w.,/])(\d{1,9})(?=(?:-?[a-z%]|\b))(?![\w]*\d)(?!\.\d)(?!x\d)(?![a-z]*_)")
_EACH_OF = re.compile(
    r"\b(?:frames|(?:time)?steps|words|points|readings|rows|sequences) (?:of|with|having|x) (?:size )?$"
)
_LONG = re.compile(r"\b(?:sequences|series|signals|recordings|curves) (?:of|with|having) $")  # ``of 15 numbers``
_ITS_NUMBERS = re.compile(r" (?:numbers|values)\b(?! (?:per|at|in) )")
_NEXT_NUMBER = re.compile(r"\s?(?:=|:|is)?\s?\d")
_LISTED = re.compile(r"(?:\s?,\s?|\s?,? and\s|\s?/\s?|\s?,? then\s|\s?-\s?)$")
_OR = re.compile(r"\s?,?\s?or\s")  # ``units=128 or 10``
REACH = 44  # characters to either side of a number


@dataclass(frozen=True)
class Said:
    """A number of the question, what it counts ("" where no word says it), and where it is."""

    role: str
    value: int
    start: int
    end: int
    word: str = ""


@dataclass(frozen=True)
class Square:
    """``3x3``: the sizes of a window or of an image, and where they are."""

    sizes: tuple[int, ...]
    start: int
    end: int


_AXES = ("dims", "dimensions", "dim input", "dimensional input", "dim data", "dimensional data")
_MOST_AXES = 5
_AXES_AFTER = re.compile(r"-?d\b")


def said_in(words: str, taken: tuple[tuple[int, int], ...] = ()) -> tuple[Said, ...]:
    """All numbers of a text in small letters, each with its role; those inside of `taken` are a shape's or a call's."""
    found: list[Said] = []
    used: set[int] = set()  # ends of words that have their number
    for number in list(_NUMBER.finditer(words))[:40]:
        start, end = number.span(1)
        if any(first <= start < last for first, last in taken):
            continue
        role, word = _role(words, start, end, used)
        if words[end : end + 1] in ("d", "-") and _AXES_AFTER.match(words, end):
            role, word = "rank", ""  # ``is 3D``
        if role == "features" and word.startswith(_AXES) and int(number[1]) <= _MOST_AXES:
            role = "rank"  # ``needs 3 dimensions``: how many axes
        if role == "days" and _INTERVAL.search(words, max(0, start - 12), start):
            role = "interval"
        found.append(Said(role, int(number[1]), start, end, word))
    return tuple(_ahead(words, _in_each(words, _of_choice(words, list(_in_lists(words, found))))))


_ON = re.compile(r"\) ?(?:layer |applied )?(?:on|to|for|with|reading) $")  # ``Dense(10) on 512``: what the layer reads


def _role(words: str, start: int, end: int, used: set[int]) -> tuple[str, str]:
    """The word behind a number, unless the one in front is free and the one behind has a number of its own."""
    piece = words[max(0, start - REACH) : start]
    before = next(iter(_ends(piece)), None)
    at = start - len(piece)
    if before is not None and (at + _word_end(before) in used or _TIMES.search(piece, 0, before.start())):
        before = None  # taken, or a factor: ``num_heads * key_dim = 512``
    after = _behind(words, end)
    if after is not None and after.end() in used:
        after = None
    its_own = after is not None and _NEXT_NUMBER.match(words, after.end()) is not None
    if after is not None and its_own and before is None and _of_the_next(words, after):
        after = None
    if after is not None and before is not None and _name(before) == "vocabulary" and _name(after) == "steps":
        after = None  # ``a dictionary of 800 words``
    if after is not None and before is not None and _is_weak(before):
        before = None  # ``my input is 100 stocks``, ``parameters 128 units``
    if after is not None and _name(after) == "count" and _ON.search(words, at, start):
        after = None  # ``Dense(10) on 512 parameters``: what is asked
    if before is not None and _name(before) == "layers" and not before["sign"]:
        before = None  # ``Dense layers of 2, 3 and 4 units``
    if before is not None and after is not None and _name(before) == "samples" and before["sign"] == ":":
        before = None  # ``images: 784 columns``
    if before is not None and (after is None or its_own or before["sign"]):
        used.add(at + _word_end(before))
        return _name(before), before[_name(before)]
    if after is not None:
        used.add(after.end())
        return _name(after), after[_name(after)]
    if _LONG.search(words, at, start) and _ITS_NUMBERS.match(words, end):
        return "steps", ""
    return ("features", "") if _EACH_OF.search(words, at, start) or _ON.search(words, at, start) else ("", "")


_TIMES = re.compile(r"[*×] ?$")


def _is_weak(before: re.Match[str]) -> bool:
    """Whether a word in front of a number says less than one behind it."""
    return before.group().endswith("input is ") or (_name(before) == "count" and not before["sign"])


_BEFORE_ITS_NUMBER = ("strides", "kernel", "pool", "padded", "dilation", "batch", "key_dim")


def _of_the_next(words: str, after: re.Match[str]) -> bool:
    """``max pooling 3 stride 2 on 13x13``: the word between two numbers is the second one's, which has no other."""
    following = re.compile(r"\s?(?:=|:|is)?\s?(\d{1,6})(?!x|\d)").match(words, after.end())
    alone = following is not None and _behind(words, following.end()) is None
    return alone and _name(after) in _BEFORE_ITS_NUMBER


def _behind(words: str, end: int) -> re.Match[str] | None:
    """The word behind a number; ``word vocabulary`` is one of vocabulary, ``steps features`` is one of steps."""
    directly, after = (form.match(words, end, end + REACH) for form in (_DIRECTLY_AFTER, _AFTER))
    if directly is None and after is None:
        far = _FAR_AFTER.match(words, end, end + REACH)
        return far if far is not None and _name(far) == "samples" else None
    if directly is None or after is None or after.end() <= directly.end():
        return directly or after
    if words[directly.end() - 1] == "s" or words[end : end + 1] == "-":  # ``12-channel signals``
        return directly
    return directly if _NEXT_NUMBER.match(words, after.end()) else after


def _ends(piece: str) -> Iterator[re.Match[str]]:
    """The longest word that ends a piece of text, with what may be between it and a number."""
    yield from (found for place in range(len(piece)) if (found := _BEFORE.match(piece, place)) is not None)


def _name(found: re.Match[str]) -> str:
    return next(name for name in ROLES if found[name] is not None)


def _word_end(found: re.Match[str]) -> int:
    return found.end(_name(found))


def _in_lists(words: str, found: list[Said]) -> Iterator[Said]:
    """``128 and 64 hidden units``: what the last of a list counts, the others count too."""
    roles = [one.role for one in found]
    for place in range(len(found) - 1):
        if roles[place] in _OF_LISTS and not roles[place + 1]:
            between = words[found[place].end : found[place + 1].start]
            roles[place + 1] = roles[place] if _OR.fullmatch(between) else ""
    for place in range(len(found) - 2, -1, -1):
        between = words[found[place].end : found[place + 1].start]
        if not roles[place] and roles[place + 1] in _OF_LISTS and _LISTED.fullmatch(between):
            roles[place] = roles[place + 1]
    for one, role in zip(found, roles, strict=True):
        yield replace(one, role=role)


_ONE_OF = re.compile(r"\b(?:one (?:out )?of|among|belongs? to)(?: the| these)? $")


def _of_choice(words: str, found: list[Said]) -> list[Said]:
    """``one of 6 values``: they are classes."""
    ones = (_ONE_OF.search(words, max(0, one.start - 30), one.start) and one.value > 1 for one in found)
    chosen = [of and one.role not in ("steps", "samples", "units") for one, of in zip(found, ones, strict=True)]
    return [replace(one, role="classes") if of else one for one, of in zip(found, chosen, strict=True)]


_EACH = re.compile(r"\b(?:each|every one|one)\b(?: \w{2,10})?(?: (?:with|has|having|have|of|contains?|containing))? ?$")


_OF_EACH = re.compile(r" ?\w{2,12} (?:each|apiece|per \w{3,12}|in each|long)\b")
AT_A_TIME = ("signals", "series", "time series", "stocks")


def _in_each(words: str, found: list[Said]) -> Iterator[Said]:
    """``60 files, each with 300 rows of 4 signals``: rows are steps and signals features; files are the samples.

    ``20 owls with 7 nights each and 5 weights per night``: what no word of ours says, is read in the same order.
    """
    found = _of_which_each(words, found)
    samples = steps = False
    of_others = any(one.role == "samples" and one.word not in AT_A_TIME for one in found)
    for one in found:
        unknown = one.role == "" or (one.role == "days" and samples and not steps)
        again = samples and (one.role == "samples" or unknown)
        nested = _EACH.search(words[max(0, one.start - 30) : one.start]) or _OF_EACH.match(words, one.end)
        if of_others and one.role == "samples" and one.word in AT_A_TIME:
            one = replace(one, role="features")
        elif again and nested:
            one = replace(one, role="features" if steps and one.role == "" else "steps")
        samples = samples or one.role == "samples"
        steps = steps or one.role == "steps"
        yield one


_THINGS = re.compile(r" (?:[a-z]{2,12} )?([a-z]{3,14}s)\b")


def _of_which_each(words: str, found: list[Said]) -> list[Said]:
    """``36 owls with 9 nights each``: whatever they are, they are the samples, if the question has no others."""
    if len(found) < 2 or any(one.role == "samples" for one in found):
        return found
    first, second = found[:2]
    apart = re.search("[.?!;]", words[first.end : second.start]) is not None
    nested = _EACH.search(words[max(0, second.start - 30) : second.start]) is not None
    named = second.role and not (nested and second.word == "different items")
    each = not apart and not named and (nested or _OF_EACH.match(words, second.end) is not None)
    things = _THINGS.match(words, first.end) if each and not first.role else None
    second = replace(second, role="", word="")
    return [replace(first, role="samples", word=things[1]), second, *found[2:]] if things else found


_TO_COME = re.compile(r"\b(?:next|following|predict\w{0,5}|forecast\w{0,4})(?: the)?(?: next| following)? $")
_COUNT_BACK = ("features", "samples", "days", "")
_GONE_BY = re.compile(r"\b(?:previous|last|past|preceding|prior|every)(?: the)? $")  # ``the previous 24 values``
_INTERVAL = re.compile(r"\b(?:every|each|per) $")  # ``every 10 minutes``
_WHICH_ONE = re.compile(r"\b(?:column|sensor|feature|variable) (?:no\.? |number )?$")  # ``column 2``: not how many
_PREDICTED = ("values", "variables", "targets", "outputs", "variable", "value")  # of one sample
_LATER = re.compile(r"(?:[ -](?:\w{3,9})){0,2} (?:ahead|in advance|in(?:to)? the future|from now|later)\b")
BETWEEN_LAYERS = re.compile(r"\bbetween\b[^.?]{0,60}\blayers?\b[^.?\d]{0,30}(\d{1,5})[^.?\d]{1,20}(\d{1,5})")
_DENSE_FROM = re.compile(r"\b(?:dense|linear|fully[ -]connected)(?: layer)?(?: from| of)? $")
_LESS = re.compile(r" ?(?:to|->|into) (\d{1,5})\b(?! ?x)")


def _ahead(words: str, found: Iterator[Said]) -> Iterator[Said]:
    """``the next 6 hours`` are a horizon; in ``from 10 to 8`` the first is a length that a layer reads.

    Of two layers that weights lie between, the first one's size is what the second reads.
    """
    dense_from = False
    between = BETWEEN_LAYERS.search(words)
    for one in found:
        if between is not None and one.start in (between.start(1), between.start(2)):
            yield replace(one, role="inputs" if one.start == between.start(1) else "units")
            continue
        of_dense = _DENSE_FROM.search(words, max(0, one.start - 30), one.start) and _LESS.match(words, one.end)
        if of_dense or dense_from:
            yield replace(one, role="inputs" if of_dense else one.role or "units")
            dense_from = bool(of_dense)
            continue
        less = _LESS.match(words, one.end) if not one.role else None
        if less is not None and int(less[1]) < one.value:
            yield replace(one, role="from")
        elif one.role in _COUNT_BACK and _GONE_BY.search(words, max(0, one.start - 30), one.start):
            yield replace(one, role="steps")
        elif one.role == "features" and _WHICH_ONE.search(words, max(0, one.start - 14), one.start):
            yield replace(one, role="which")
        elif one.word in _PREDICTED and _TO_COME.search(words, max(0, one.start - 40), one.start):
            yield replace(one, role="outputs")
        elif one.role in ("steps", "days", "") and (
            _TO_COME.search(words, max(0, one.start - 40), one.start) or _LATER.match(words, one.end)
        ):
            yield replace(one, role="horizon")
        else:
            yield one


_OF_LISTS = ("units", "filters", "outputs")
