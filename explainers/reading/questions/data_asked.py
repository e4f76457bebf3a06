"""Questions about which input_shape data need that aren't a table: signals, videos, spectrograms, rows in time."""

from __future__ import annotations

import re

from explainers.core.finding import Value, name_axes
from explainers.core.layers import RECURRENT, WRAPPERS, axis_names, sheet
from explainers.core.spec import LayerSpec, Sizes, snake
from explainers.reading.questions.models import on_one_input
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import CHANNELS, FEATURES, LAST, STEPS, Asked, Forms, Told
from explainers.reading.shapes import output_shapes, too_big

_ASKED = re.compile(
    r"input|shape|reshape|feed|which layer|dimension|how (?:do|should|can|to)|format|prepare|umform|forma|expect"
)
_SIGNALS = re.compile(
    r"\b(?:ecg|eeg|emg|imu|ppg|signals?|sensors?|accelerometers?|gyroscopes?|waveforms?|vibration|recordings?|hz|"
    r"khz|time[ -]?series|spectra|spectrum|audio|speech|series|sequences?)\b"
)
_RATE = re.compile(r"(?<![\d.])(\d{1,6})\s?(k?)hz\b")
_SECONDS = re.compile(r"(?<![\d.])(\d{1,5}(?:\.\d{1,4})?)\s?-?\s?(m?)(?:s|sec|secs|seconds?)\b(?!\w)")
# what one of them holds: ``each with 187 samples``, ``140 points each``, ``windows of 256 samples``
_HELD = r"(?:samples|points|values|measurements|readings|data points|time points|time ?steps|steps|numbers|frames)"
_EACH: Forms = (
    re.compile(rf"\beach (?:\w{{1,12}} ){{0,3}}?(\d[\d,]{{0,6}}) {_HELD}"),
    re.compile(rf"\b(\d[\d,]{{0,6}}) {_HELD} (?:each|per (?!second)|long\b|in each)"),
    re.compile(rf"\b(?:of|with|have|has|are) (\d[\d,]{{0,6}}) {_HELD}(?! from)"),
    re.compile(r"\b(\d[\d,]{0,6}) (?:readings|measurements|time points|data points)\b"),
)
_MANY: Forms = (
    re.compile(
        r"\b(\d[\d,]{0,8}) (?:(?!k?hz\b|seconds?\b|secs?\b|s\b|ms\b)[a-z]{1,12} )?"
        r"(?:recordings?|signals?|trials?|patients|subjects|"
        r"segments|windows|series|"
        r"beats|clips?|files?|examples?|sequences|spectra|instances|epochs|people|participants|songs|videos?)\b"
    ),
)
_LEADS: Forms = (re.compile(r"\b(\d{1,4})[ -](?:axis|axes|lead|leads|electrodes|sensors|channels?|channel)\b"),)
_FRAMES: Forms = (
    re.compile(r"\b(\d{1,5}) (?:frames?|images|pictures)(?: each| per| in each|\b)"),
    re.compile(r"\bframes?(?: is| are|=|:)?\s{0,2}=?\s{0,2}(\d{1,5})\b"),
)
_VIDEOS = re.compile(
    r"\bvideos?\b|\bframes?\b.{0,200}\b(?:\d{2,4}\s?[x×*]\s?\d{2,4}|pixels|rgb)|conv_?lstm|\bmovies?\b"
)
_VIDEO_COUNT: Forms = (re.compile(r"\b(\d[\d,]{0,7}) (?:[a-z]{1,12} )?(?:videos?|clips?|sequences|movies|samples)\b"),)
_SPECTROGRAM = re.compile(r"spectrogram|\bmel\b|\bmfccs?\b")
_BANDS: Forms = (
    re.compile(
        r"\b(\d{1,5}) (?:mel(?:[ -](?:bands|bins|filters))?|bands|bins|mfccs?|frequency bins|frequencies|coeff)"
    ),
)
_TIME: Forms = (re.compile(r"\b(\d{1,6}) (?:time )?(?:frames|steps|time ?steps|columns)\b"),)
_GRAY = re.compile(r"gr[ae]y|black")
_LONGEST = 10**5


def _alone(shape: Sizes, name: str) -> tuple[LayerSpec, tuple[str, ...]]:
    """The smallest layer of that class that shows how the shape is read; its sizes are examples."""
    if name in RECURRENT:
        return LayerSpec(name, snake(name), (("units", 32),)), ("units = 32",)
    kernel = min(3, *(size or 3 for size in shape[1:-1]))
    return LayerSpec(name, snake(name), (("filters", 8), ("kernel_size", kernel))), (
        "filters = 8",
        f"kernel_size = {kernel}",
    )


def _told(sentence: str, name: str, shape: Sizes, words: tuple[str, ...], samples: int | None) -> Told | None:
    """The sentence above one layer of that class that reads the shape."""
    if 0 in shape:
        return None
    layer, assumed = _alone(shape, name)
    spec = on_one_input(shape, layer, assumed)
    made = output_shapes(layer, (shape,))
    if made is None or too_big(spec):
        return None
    values: dict[str, Value] = {word: size for word, size in zip(words[1:], shape[1:], strict=True) if size}
    if samples is not None:
        values["samples"] = samples
    whole = name_axes((samples, *shape[1:]), ("samples" if samples else "batch", *words[1:]), "the question")
    more = f" {call(layer)}, for example, turns {shape} into {made[0]}."
    return Told(sentence + more, spec, values, (whole,))


def _reads(name: str, rank: int) -> bool:
    """Whether a layer reads so many axes and has filters or units of its own; no layer may be any."""
    found = sheet(name) if name not in WRAPPERS else None
    return not name or (found is not None and found.rank == rank and found.made in ("units", "filters"))


def signals(asked: Asked) -> Told | None:
    """Recordings: so many samples, each of so many steps, with one value or several at each."""
    if not asked.has(_SIGNALS) or asked.called or asked.sides or any(len(s) > 1 for s in asked.shapes):
        return None
    as_image = asked.layer == "Conv2D"
    if not asked.has(_ASKED) or not (as_image or _reads(asked.layer, 3)):
        return None
    rate, steps = _steps(asked)
    features = asked.number(_LEADS, CHANNELS, FEATURES)
    if steps is None or not 0 < steps <= _LONGEST or asked.number(LAST[:1]) is not None:
        return None
    if features is None and asked.has(_COLUMNS):
        return None
    counted = (int(found[1].replace(",", "")) for found in _MANY[0].finditer(asked.words))
    many = next((number for number in counted if number != steps), None)
    if as_image:
        return _as_image(rate, steps, features, many)
    name = asked.layer or "Conv1D"
    words = axis_names(name, 3)
    width, shape = features or 1, (None, steps, features or 1)
    one = "" if features else " With one value at each step the last axis is 1: x[..., None] adds it."
    sentence = (
        f"{name} reads (batch, {words[1]}, {words[2]}), so input_shape=({steps}, {width}): "
        f"{rate}{steps:,} {words[1]} with {width} {'value' if width == 1 else 'values'} at each.{one}"
        f" All of them are one array of shape ({many or 'samples'}, {steps}, {width}); the model isn't told how many."
    )
    classes = asked.parts.size("classes")
    sentence += f" For {classes} classes the last layer is a Dense({classes})." if classes else ""
    return _told(sentence, name, shape, words, many)


def _as_image(rate: str, steps: int, features: int | None, many: int | None) -> Told | None:
    """Recordings for a Conv2D: leads and steps are the two sides of an image of one channel."""
    if features is None:
        return None
    sentence = (
        f"{rate}{steps:,} steps. As an image, leads are rows and steps are columns, with one channel: "
        f"input_shape=({features}, {steps}, 1), and all of them are ({many or 'samples'}, {features}, {steps}, 1). As "
        f"a sequence, for a Conv1D or an LSTM, it is ({steps}, {features}): steps first."
    )
    return _told(sentence, "Conv2D", (None, features, steps, 1), axis_names("Conv2D", 4), many)


_COLUMNS = re.compile(r"\b(?:columns?|dataframe|csv|spalten|columnas|table)\b")


def _steps(asked: Asked) -> tuple[str, int | None]:
    """How long one of them is: said so, or so many seconds at so many Hz."""
    held = asked.number(_EACH)
    rate, seconds = _RATE.search(asked.words), _SECONDS.search(asked.words)
    if held is None and rate is not None and seconds is not None:
        hertz = int(rate[1]) * (1000 if rate[2] else 1)
        count = round(hertz * float(seconds[1]) / (1000 if seconds[2] else 1))
        unit = "milliseconds" if seconds[2] else "seconds"
        return f"{seconds[1]} {unit} at {hertz:,} Hz are ", count
    return "", held if held is not None else asked.number(STEPS)


_FPS = re.compile(r"(?<![\d.])(\d{1,3}) ?(?:fps|frames? (?:per|a|each) second)")


def _filmed(asked: Asked) -> int | None:
    """``4 seconds at 30 fps``: how many frames that is."""
    rate, long = _FPS.search(asked.words), _SECONDS.search(asked.words)
    return round(int(rate[1]) * float(long[1])) if rate is not None and long is not None and not long[2] else None


def videos(asked: Asked) -> Told | None:
    """Frames of so many pixels: five axes."""
    side = next((s for s in (*asked.sides, *asked.shapes) if len(s) in (2, 3) and None not in s), None)
    frames = asked.number(_FRAMES) or _filmed(asked)
    if side is None or frames is None or not asked.has(_VIDEOS) or asked.has(_SPECTROGRAM) or asked.called:
        return None
    height, width = side[0] or 1, side[1] or 1
    given = side[2] if len(side) == 3 else asked.number(CHANNELS) or (1 if asked.has(_GRAY) else None)
    color = given is not None or "rgb" in asked.words or "color" in asked.words
    channels = given or 3
    name = asked.layer if asked.layer and _reads(asked.layer, 5) else "ConvLSTM2D"
    words = axis_names(name, 5)
    many = asked.number(_VIDEO_COUNT)
    shape = (None, frames, height, width, channels)
    example = "" if color else " (3 channels are an example: RGB)"
    sentence = (
        f"A video has five axes with the batch: {name} reads ({', '.join(words)}), so "
        f"input_shape={shape[1:]}{example}. The data are ({many or 'samples'}, {frames}, {height}, {width}, "
        f"{channels}). A layer for images runs on each frame inside TimeDistributed."
    )
    return _told(sentence, name, shape, words, many)


def spectrograms(asked: Asked) -> Told | None:
    """Bands and frames: an image of one channel, or a sequence with so many features."""
    bands = asked.number(_BANDS)
    frames = asked.number(_TIME)
    side = next((s for s in (*asked.sides, *asked.shapes) if len(s) == 2 and None not in s), None)
    if side is not None and (bands is None or frames is None):
        bands, frames = side
    every = _windowed(asked) if frames is None else None
    if every is not None:
        rate, frames = every
    if not asked.has(_SPECTROGRAM) or bands is None or frames is None or asked.called:
        return None
    many = asked.number(_MANY)
    lead = f"{rate}{frames} frames. " if every is not None else ""
    if asked.layer in (*RECURRENT, "Conv1D"):
        words = axis_names(asked.layer, 3)
        sentence = (
            f"{lead}{asked.layer} reads (batch, {words[1]}, {words[2]}): time comes first, so each of the {frames} "
            f"frames is a step with {bands} values, input_shape=({frames}, {bands}). Bands first, ({bands}, {frames}), "
            "has to be transposed: x.transpose(0, 2, 1)."
        )
        return _told(sentence, asked.layer, (None, frames, bands), words, many)
    words = axis_names("Conv2D", 4)
    sentence = (
        f"{lead}A CNN reads a spectrogram as an image of one channel: input_shape=({bands}, {frames}, 1), because "
        f"Conv2D reads (batch, height, width, channels). x[..., None] makes ({many or 'samples'}, {bands}, {frames}, "
        f"1) of the data. An LSTM reads it as a sequence: {frames} steps of {bands} values, input_shape=({frames}, "
        f"{bands}), with time first."
    )
    return _told(sentence, "Conv2D", (None, bands, frames, 1), words, many)


_EVERY = re.compile(r"(?<![\d.])(\d{1,5}) ?ms\b")


def _windowed(asked: Asked) -> tuple[str, int] | None:
    """``5 seconds, every 10 ms``: how many frames that is."""
    hop, long = _EVERY.search(asked.words), next((s for s in _SECONDS.finditer(asked.words) if not s[2]), None)
    if hop is None or long is None or not int(hop[1]):
        return None
    rate = _RATE.search(asked.words)
    of_no_shape = f"The sampling rate, {rate[1]} {rate[2]}Hz, isn't in the shape. " if rate is not None else ""
    lead = f"{of_no_shape}{long[1]} seconds with a frame every {hop[1]} ms are "
    return lead, round(float(long[1]) * 1000 / int(hop[1]))


def rows_in_time(asked: Asked) -> Told | None:
    """A table whose rows follow each other, and how far back the model looks: so many windows."""
    rows = max((int(found[1].replace(",", "")) for found in _ROWS.finditer(asked.words)), default=None)
    columns, back = asked.number(FEATURES), asked.number(LAST)
    if columns is None and re.search(r"\bpredict|\bforecast", asked.words):
        rows, columns = rows or asked.number(_POINTS), 1
    if rows is None or columns is None or back is None or asked.called or not 1 < back < rows:
        return None
    name = asked.layer if asked.layer in (*RECURRENT, "Conv1D") else "LSTM"
    words = axis_names(name, 3)
    windows = rows - back
    sentence = (
        f"Cut the {rows:,} rows into windows of {back}: each predicts the row after it, so there are {rows:,} - {back} "
        f"= {windows:,} of them, ({windows}, {back}, {columns}), and input_shape=({back}, {columns}). In NumPy: "
        f"np.stack([x[i : i + {back}] for i in range(len(x) - {back})]), with y = x[{back}:]."
    )
    return _told(sentence, name, (None, back, columns), words, windows)


_ROWS = re.compile(
    r"\b(\d[\d,]{0,9}) (?:[a-z]{1,12} )?(?:rows|lines|records|observations|zeilen|filas|lignes|days|hours)\b"
)


def one_row(asked: Asked) -> Told | None:
    """``(1000,)`` for a layer of sequences: one axis, which may be one sequence, or be cut into several."""
    flat = next((s[0] for s in asked.shapes if len(s) == 1), None)
    if flat is None or not 1 < flat <= _LONGEST or len(asked.shapes) > 1 or asked.called:
        return None
    name = asked.layer if asked.layer in (*RECURRENT, "Conv1D") else "LSTM" if not asked.layer else ""
    if not name:
        return None
    steps = asked.number(LAST, STEPS)
    back = steps if steps is not None and 1 < steps < flat else min(10, flat - 1)
    example = "" if back == steps else f" ({back} steps are an example)"
    windows = flat - back + 1
    words = axis_names(name, 3)
    sentence = (
        f"({flat},) has one axis and {name} reads three, ({', '.join(words)}). To predict what comes next, cut "
        f"windows: {windows:,} windows of {back} steps are ({windows}, {back}, 1), input_shape=({back}, 1){example}. "
        f"In NumPy: np.lib.stride_tricks.sliding_window_view(x, {back})[..., None]. As one sequence it is "
        f"x.reshape(1, {flat}, 1)."
    )
    return _told(sentence, name, (None, back, 1), words, windows)


_POINTS: Forms = (
    re.compile(
        r"\b(\d[\d,]{0,9}) (?:[a-z]{1,12} )?(?:points|values|rows|measurements|readings|samples|time ?steps|days|"
        r"hours)\b"
    ),
)
_STEP: Forms = (
    re.compile(
        r"\b(?:strides?|shift|step|hop|every)(?: size)?(?: of| is|=)? ?=? ?(\d{1,6})\b"
        r"(?! ?(?:ms|s|secs?|min|hours?|days?|seconds?|minutes?)\b)"
    ),
)
_HOW_MANY = re.compile(
    r"(?:how many|number of) (?:\w{1,12} ){0,2}"
    r"(?:windows|sequences|samples|time ?-?steps|steps|segments|frames|subsequences)"
)


def windows_of_points(asked: Asked) -> Told | None:
    """``1000 points, window 50, stride 10``: how many windows start within the series."""
    points, long, step = asked.number(_POINTS), asked.number(LAST), asked.number(_STEP)
    step = 1 if step is None and "window" in asked.words else step
    if points is None or long is None or step is None or not asked.has(_HOW_MANY) or asked.called:
        return None
    if not 1 < long <= points or step < 1:
        return None
    count, features = (points - long) // step + 1, asked.number(FEATURES)
    wide = features or 1
    one = "" if features else " With one value at each step there is 1 feature."
    starts = (
        f"({points:,} - {long}) // {step} + 1, because one starts every {step} steps"
        if step > 1
        else f"{points:,} - {long} + 1, because one starts at every step"
    )
    sentence = (
        f"{count:,} windows: {starts}, and must hold {long} whole steps. The data are ({count}, {long}, {wide}), "
        f"input_shape=({long}, {wide}).{one} In Keras: "
        f"keras.utils.timeseries_dataset_from_array(x, None, {long}, sequence_stride={step})."
    )
    name = asked.layer if asked.layer in RECURRENT else "LSTM"
    return _told(sentence, name, (None, long, wide), axis_names(name, 3), count)
