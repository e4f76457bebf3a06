"""The samples of a data set, cut into the batches of each epoch, as a real fit took them.

data: what batches.js draws.  text: the same in sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from views.own import Caption, Drawing, Own, Part, Prose


def section(extra: Mapping[str, Any]) -> Own | None:
    """Step by step through the fit; a sentence where there were too many steps, nothing where Keras refused."""
    fit = extra.get("fit")
    if not fit or fit["refused"]:
        return None
    parts: tuple[Part, ...] = (Prose(f"Keras plans {_steps(fit['planned'])} per epoch; that is too many to run here."),)
    if fit["epochs"]:
        prose = (
            "A live model was fitted just now. Each block is one step with one batch; its width is the number of "
            "samples. Move through the steps with the buttons or the arrow keys."
        )
        parts = (Prose(prose), Drawing("batches", data(extra)), Caption(source(fit)))
    return Own("Step by step through the epochs", "steps", parts)


def data(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What batches.js draws. kept: samples that are kept for validation."""
    fit = extra["fit"]
    return {
        "samples": fit["samples"],
        "features": fit["features"],
        "kept": fit["samples"] - fit["trained"],
        "epochs": [[{"samples": n, "loss": loss} for n, loss in epoch] for epoch in fit["epochs"]],
        "text": text(extra),
    }


def source(fit: Mapping[str, Any]) -> str:
    """Where the numbers come from."""
    planned = f"Keras planned {_steps(fit['planned'])} per epoch, and a callback recorded each batch."
    return f"{planned} fit ran with shuffle=False, so the samples keep their order; the loss is Keras' running mean."


def text(extra: Mapping[str, Any]) -> str:
    """The figure in full sentences."""
    fit = extra["fit"]
    batches = ", ".join(f"{n:,}" for n, _ in fit["epochs"][0][:12])
    more = " …" if len(fit["epochs"][0]) > 12 else ""
    kept = fit["samples"] - fit["trained"]
    held = f" {kept:,} samples are kept for validation." if kept else ""
    epochs = len(fit["epochs"])
    return (
        f"{fit['samples']:,} samples, {epochs} {'epoch' if epochs == 1 else 'epochs'} of "
        f"{_steps(len(fit['epochs'][0]))} each. The batches of an epoch have {batches}{more} samples.{held}"
    )


def _steps(count: int) -> str:
    return f"{count:,} step{'' if count == 1 else 's'}"
