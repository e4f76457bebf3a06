"""What only the lesson windowed_forecast has: the windows on the series, and a training with its forecast."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import streamlit as st

from explainers.core.results import Explanation
from explainers.core.words import given
from explainers.forecasting import numbers as reading
from explainers.forecasting import windows as cutting
from shell import components, engine, uploads
from shell.live_training import LiveTraining, What, joined
from views import tables, waiting
from views import windowed_forecast as view
from views.markup import verbatim

NAME = "windowed_forecast"
OWN = "my own numbers"
MADE = "a series made here"
_TRAINING = f"training:{NAME}"
_KEPT = f"kept:{NAME}"  # what was pasted, chosen and said: a widget forgets it as soon as it is not drawn
_SETTINGS = (
    *("timesteps", "features", "targets", "horizon", "units", "series", "points", "noise", "seed"),
    *("epochs", "batch_size", "learning_rate", "validation_split", "target_point"),
)


def own_section(explanation: Explanation) -> None:
    """The windows, the five readings, the training."""
    extra = dict(explanation.extra or {})
    dims = explanation.dims
    st.header("The windows on the series", anchor="windows")
    own = _own_numbers()
    if own is not None:
        shift = cutting.SHIFTS[str(dims["target_point"])]
        share = float(dims["validation_split"] or 0)
        shown = cutting.picture(list(own), _whole(dims, "timesteps"), _whole(dims, "horizon"), share, shift)
    else:
        shown = extra
    _windows(shown)
    if own is None:
        st.header("The same numbers, read in five ways", anchor="readings")
        st.markdown(tables.markdown(view.reading_rows(extra)))
    st.header("Train it", anchor="train")
    _train(explanation, shown, own)


def _whole(dims: Any, name: str) -> int:
    return int(dims[name] or 0)


# -- a learner's own numbers ---------------------------------------------------------------------------------


def _own_numbers() -> tuple[float, ...] | None:
    """Numbers that were pasted or uploaded and can be used, else None."""
    source = st.segmented_control("Series", [MADE, OWN], default=MADE, required=True, key=f"source:{NAME}")
    if source != OWN:
        return None
    st.caption(
        f"One number per line, or a CSV file; up to {reading.MOST_NUMBERS:,} numbers. They are used during this visit "
        "only and never stored."
    )
    kept: dict[str, Any] = st.session_state.setdefault(_KEPT, {})
    left, right = st.columns(2)
    key = _remembering(kept, f"paste:{NAME}", "")
    text = kept[key] = left.text_area("Paste a column", height=160, max_chars=reading.MOST_CHARACTERS, key=key)
    with right:
        content = _file(kept)
    try:
        return _read(text, content, kept)
    except reading.NumbersError as error:
        st.info(verbatim(str(error)))
        return None


def _remembering(kept: dict[str, Any], key: str, default: object) -> str:
    """The key of a widget that is about to be drawn, and shall say what it said when it was drawn last."""
    st.session_state.setdefault(key, kept.get(key, default))
    return key


def _file(kept: dict[str, Any]) -> bytes | None:
    """The bytes of the chosen file, also of one that was chosen before the widget was away; None without one."""
    if not uploads.possible():
        uploads.sorry("Paste the column instead")
        return None
    file = st.file_uploader(
        "or choose a CSV file", type=["csv", "txt", "tsv"], key=f"file:{NAME}", on_change=kept.pop, args=("file", None)
    )
    if file is not None:
        kept["file"] = (file.name, file.getvalue())
    if "file" not in kept:
        return None
    name, content = kept["file"]
    if file is None:
        st.caption(f"{verbatim(given(name, 40))} is still in use.")
        st.button("Forget this file", key=f"forget:{NAME}", on_click=kept.pop, args=("file", None))
    return bytes(content)


def _read(text: str, content: bytes | None, kept: dict[str, Any]) -> tuple[float, ...]:
    """A file goes before a pasted text. Asks what a comma means, and which column, where that is open."""
    said = {"a decimal comma": ",", "between two columns": "."}
    this = crc32(content or text.encode("utf-8", "replace"))  # what is said belongs to this very text
    key = _remembering(kept, f"comma:{NAME}:{this}", None)
    ambiguous = False
    decimal = said.get(st.session_state[key] or "", "")
    try:
        table = reading.read_table(text, decimal) if content is None else reading.read_file(content, decimal)
        index = 0
        if len(table.columns) > 1:
            chosen = _remembering(kept, f"column:{NAME}:{this}:{decimal}", reading.likely(table))
            index = kept[chosen] = st.selectbox(
                "Which column is the series?",
                range(len(table.names)),
                format_func=lambda i: table.names[i],
                key=chosen,
            )
        return reading.column(table, index)
    except reading.NumbersError as error:
        ambiguous = error.ambiguous
        raise
    finally:
        if ambiguous or decimal:  # drawn as long as it counts, so that one may think again
            kept[key] = st.radio("A comma is", list(said), index=None, horizontal=True, key=key)


# -- the windows ---------------------------------------------------------------------------------------------


def _windows(extra: dict[str, Any]) -> None:
    count = extra["windows"]
    st.markdown(
        "Windows = points − timesteps − horizon + 1: "
        f"**{extra['formula']}**. Step through them: each is one sample of x, and {_behind(extra['horizon'])} in y."
    )
    if count < 2:
        st.warning(
            f"{_points(len(extra['series']))} fewer than two windows of {extra['timesteps']} timesteps. "
            "Choose fewer timesteps, or more points."
        )
        return
    components.drawing("windows", view.data(extra), key=f"windows:{NAME}")


def _points(count: int) -> str:
    return "1 point makes" if count == 1 else f"{count:,} points make"


def _behind(horizon: int) -> str:
    return "the next point is its target" if horizon == 1 else f"the next {horizon} points are its targets"


def _dark() -> bool:
    return bool(st.context.theme.type == "dark")


# -- the training --------------------------------------------------------------------------------------------


def _train(explanation: Explanation, shown: dict[str, Any], own: tuple[float, ...] | None) -> None:
    """The training's own fragment; while it runs, it looks for news by itself."""
    live: LiveTraining | None = st.session_state.get(_TRAINING)
    running = live is not None and live.running
    st.fragment(_training, run_every=1.0 if running else None)(explanation, shown, own, running)


def _training(
    explanation: Explanation, shown: dict[str, Any], own: tuple[float, ...] | None, drawn_running: bool
) -> None:
    dims = explanation.dims
    settings = {name: dims[name] for name in _SETTINGS}
    what = (settings, own)
    live: LiveTraining | None = st.session_state.get(_TRAINING)
    if live is not None and drawn_running and not live.running:
        st.rerun()  # it has just ended: draw the page without the clock
    running = live is not None and live.running
    points = len(shown["series"])
    ahead = "one step ahead" if dims["horizon"] == 1 else f"one step and {dims['horizon']} steps ahead"
    alone = "" if own is None else " Your numbers are one column: one feature, one target."
    st.markdown(
        f"A small LSTM learns from the first {shown['first_held_out']:,} points and forecasts the held-out "
        f"{points - shown['first_held_out']:,}, {ahead}. It has to beat the simplest possible forecast: "
        f"repeat the last value.{alone}"
    )
    with st.container(horizontal=True):
        st.button(
            "Train", key=f"train:{NAME}", type="primary", disabled=running, on_click=_start, args=(settings, own, what)
        )
        st.button("Stop", key=f"stop:{NAME}", disabled=not running, on_click=_stop)
    if st.session_state.pop(f"{_TRAINING}:begun", False):
        st.rerun()  # the page once more, with the clock
    if live is None:
        return
    live.look(engine.asker().session)
    if running:
        st.progress(live.share, _progress(live))
        if live.loss:
            st.caption(f"loss {live.loss[-1]:.4g}, held-out windows {live.val_loss[-1]:.4g}")
    elif live.failure:
        st.error(verbatim(live.failure))
    elif live.stopped:
        st.info(live.ending)
    if live.what != what and not running:
        st.caption("These results belong to the settings before your last change. Train again to see the new ones.")
    if live.learned is not None:
        _results(live)


def _start(settings: dict[str, Any], own: tuple[float, ...] | None, what: What) -> None:
    """One training per visitor: an older one that still runs is left. The same settings are trained once for all."""
    _stop()
    dims = {name: str(value) for name, value in settings.items()}
    ask = engine.stream("train", {"name": NAME, "dims": dims, "numbers": None if own is None else list(own)})
    st.session_state[_TRAINING] = joined(ask, what, engine.asker().session)
    st.session_state[f"{_TRAINING}:begun"] = True


def _progress(live: LiveTraining) -> str:
    if live.epoch:
        return f"epoch {live.epoch} of {live.of}"
    if live.place is not None:
        return waiting.in_line(live.place.number, live.place.seconds, waiting.TRAINING_BY_ITSELF)
    return waiting.TRAINING_FULL if live.refused else "Building the model …"


def _stop() -> None:
    live: LiveTraining | None = st.session_state.get(_TRAINING)
    if live is not None and live.running:
        st.session_state[_TRAINING] = live.left_by(engine.asker().session)


def _results(live: LiveTraining) -> None:
    training = live.learned
    assert training is not None
    dark = _dark()
    fair = live.what[0]["target_point"] == "next"
    (st.success if training.winner == "model" and fair else st.warning)(training.verdict)
    if training.note:
        st.info(training.note)
    st.markdown(f"**One step ahead**, after {training.epochs} epochs")
    alt = view.training_text(training)
    st.plotly_chart(view.forecast_figure(training, dark), key=f"forecast:{NAME}", alt=alt)
    st.markdown(tables.markdown(view.error_rows(training)))
    if len(training.by_step) > 1 and not live.running:  # while it runs, less is drawn each second
        st.markdown(
            f"**{len(training.by_step)} steps ahead.** Direct: Dense({len(training.by_step)}) predicts all at once. "
            "Recursive: "
            "its first prediction is fed back as if it had been measured, and so are its errors; features that aren't "
            "forecast stay at their last value."
        )
        st.plotly_chart(view.several_figure(training, dark), key=f"several:{NAME}", alt=alt)
        st.plotly_chart(view.by_step_figure(training, dark), key=f"by_step:{NAME}", alt=alt)
    st.markdown("**Loss** in each epoch")
    st.plotly_chart(view.loss_figure(training.loss, training.val_loss, dark), key=f"loss:{NAME}", alt=alt)
    with st.expander("These figures in words"):
        st.markdown(alt)
