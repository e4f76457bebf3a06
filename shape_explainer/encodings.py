"""Losses that want their targets written in one way: classes as numbers, or as rows of ones and zeros."""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.core.axes import Shape
from shape_explainer.data import Given

Found = tuple[str, str]  # what is wrong, and what to do


def encoding(loss: str, target: Given, few: Any, output: Any, shape: Shape) -> Found | None:
    """What doesn't go together, where Keras would take it or would say it in other words."""
    if few.dtype.kind not in "iufb":
        return None
    if loss == "sparse_categorical_crossentropy":
        return _sparse(target, few, output, shape)
    if loss == "categorical_crossentropy":
        return _one_hot(target, few, output)
    if loss == "binary_crossentropy":
        return _binary(target)
    return None


def _sparse(target: Given, few: Any, output: Any, shape: Shape) -> Found | None:
    classes = output.shape[-1]
    if few.shape == output.shape and classes > 1 and _is_one_hot(few):
        return (
            f"{target.shape} are rows of ones and zeros, one place for each of {classes} classes; "
            "sparse_categorical_crossentropy reads the number of the class.",
            f"loss='categorical_crossentropy', or {target.name}.argmax(-1).",
        )
    if few.dtype.kind == "f" and np.any(few != np.round(few)):
        return (
            "the targets have fractions; sparse_categorical_crossentropy reads the number of a class.",
            "loss='mse' for values to predict.",
        )
    numbers = np.asarray(target.values)
    low, high = int(numbers.min()), int(numbers.max())
    if low < 0 or high >= classes:
        return (
            f"the classes run from {low} to {high}; an output of {shape[-1].axis} {classes} allows 0 to {classes - 1}.",
            f"{high + 1} {shape[-1].axis} in the last layer." if low >= 0 else "number the classes from 0.",
        )
    return None


def _one_hot(target: Given, few: Any, output: Any) -> Found | None:
    classes = output.shape[-1]
    bare = few[..., 0] if few.ndim == output.ndim and few.shape[-1] == 1 else few
    if classes > 1 and bare.shape == output.shape[:-1] and not np.any(bare != np.round(bare)):
        return (
            f"{target.shape} are numbers of classes; categorical_crossentropy reads a row of {classes} for each.",
            f"loss='sparse_categorical_crossentropy', or keras.utils.to_categorical({target.name}, {classes}).",
        )
    if classes == 1:
        return (
            "categorical_crossentropy compares the classes along the last axis, but there is only one.",
            "loss='binary_crossentropy' with a sigmoid, or one unit for each class.",
        )
    return None


def _binary(target: Given) -> Found | None:
    numbers = np.asarray(target.values)
    low, high = float(numbers.min()), float(numbers.max())
    if low < 0 or high > 1:
        return (
            f"the targets run from {low:g} to {high:g}; binary_crossentropy reads probabilities from 0 to 1.",
            "loss='sparse_categorical_crossentropy' for more than two classes, 'mse' for values.",
        )
    return None


def _is_one_hot(few: Any) -> bool:
    return bool(np.all((few == 0) | (few == 1)) and np.all(few.sum(-1) == 1))
