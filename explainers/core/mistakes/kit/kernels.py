"""What a product inside a layer says of its kernel: its units, the features it was made for, a state of other units."""

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.finding import Change, Finding, written
from explainers.core.layers import blocks, class_of
from explainers.core.mistakes.kit.sheet import Said
from explainers.core.spec import Sizes

_PRODUCT = re.compile(
    r"shape mismatch: x|dot22|matmul|matrix size|not aligned|mismatch In\[1\]|inner dim|cannot be multiplied|gemm",
    re.IGNORECASE,
)

# One kernel for features and state is TensorFlow 1's. Keras keeps two, and its paths have the layer around the cell.
_OF_KERAS = re.compile(
    r"\.call\(\)|\b(?:sequential|functional|model)(?:_\d+)*/|\b(?:forward_|backward_)?(?:lstm|gru|simple_rnn)(?:_\d+)*/"
    r"(?:lstm|gru|simple_rnn)_cell"
)


_OF_A_WEIGHT = re.compile(r"\b([a-z]\w{0,60}?)_(?:W|U|kernel|recurrent_kernel)\b")


def two_matrices(finding: Finding, said: Said) -> Finding:
    """Theano's dot prints rows and columns apart; the name of the weight says the layer."""
    rows, left, right, columns = (finding.number(name) for name in ("n", "left", "right", "cols"))
    if rows is None or left is None or right is None or columns is None:
        return finding
    shapes: tuple[Sizes, ...] = ((rows, left), (right, columns))
    named = {**finding.named, "left_shape": shapes[:1], "right_shape": shapes[1:], "both": shapes}
    weight = _OF_A_WEIGHT.search(said.near(0, 400))
    layer = weight[1] if weight is not None and class_of(weight[1]) else finding.layer
    return replace(finding, named=named, layer=layer, class_name=finding.class_name or class_of(layer or ""))


def product_words(finding: Finding) -> dict[str, str]:
    """What a product gives, where it can be made and only its place doesn't fit."""
    both, result = finding.named.get("both", ())[:2], finding.shape("result")
    if result is None or len(both) < 2 or any(len(shape) != 2 for shape in both) or both[0][1] != both[1][0]:
        return {}
    return {"gives": written((both[0][0], both[1][1])), "place": written(result)}


def product(finding: Finding, said: Said) -> Finding:
    """Two operands of a product inside a layer: data and the layer's kernel, which say its units and its features.

    [features, 4 × units] is the kernel of an LSTM; a cell of TensorFlow 1 has [features + units, 4 × units].
    """
    both = finding.named.get("both", ())
    if len(both) != 2 or not _PRODUCT.search(said.near(0, 120)):
        return finding
    if any(len(shape) != 2 for shape in both):
        return _stacks(finding, *both)
    (_, width), (depth, columns) = both
    values = {**finding.values, "product": f"(…, {width}) · ({depth}, {columns})"}
    finding = replace(finding, class_name=finding.class_name or _only_cell(said))
    gates = blocks(finding.class_name)
    path = (finding.layer or "").lower()
    if None not in (width, depth, columns) and width != depth and width and depth and columns:
        if gates and columns % gates == 0:
            units = columns // gates
            cell = "_cell" in path and depth > units and not _OF_KERAS.search(said.near(500, 500))
            features, came = (depth - units, width - units) if cell else (depth, width)
            if came > 0 and depth != units:
                values |= {"units": units, "features": features, "came": came, "gates": gates}
        elif finding.class_name == "Dense":
            values |= {"units": columns, "features": depth, "came": width}
    return replace(finding, values=values)


def _stacks(finding: Finding, first: Sizes, second: Sizes) -> Finding:
    """A product of stacks of matrices: one for each sample, and for each head."""
    stacked = min(len(first), len(second)) > 1 and max(len(first), len(second)) > 2
    return replace(finding, values={**finding.values, "stacked": 1}) if stacked else finding


def words_of_stacks(finding: Finding) -> dict[str, str]:
    """The two axes of a product of stacks that differ."""
    both = finding.named.get("both", ())[:2]
    if "stacked" not in finding.values or len(both) != 2 or None in (both[0][-1], both[1][-2]):
        return {}
    if both[0][-1] == both[1][-2]:
        return {}
    told = f"{written(both[0])} and {written(both[1])}"
    return {"stacks": told, "columns_a": str(both[0][-1]), "rows_b": str(both[1][-2])}


def _only_cell(said: Said) -> str | None:
    """The recurrent class of the code around, where the product is that of a loop over timesteps and there is one."""
    cells = {name for name in said.classes.values() if blocks(name)}
    return cells.pop() if len(cells) == 1 and re.search(r"while/|strided_slice\w{0,6}, ", said.near(0, 120)) else None


def other_rows(finding: Finding) -> bool:
    """Whether a product fits but for its rows: one sample more or less than the place for its result has."""
    both, result = finding.named.get("both", ()), finding.shape("result")
    if len(both) != 2 or result is None or any(len(shape) != 2 for shape in (*both, result)):
        return False
    return both[0][1] == both[1][0] and both[1][1] == result[1] and both[0][0] != result[0]


def state_units(finding: Finding) -> tuple[int, int] | None:
    """(40, 24): a state of 40 that meets the recurrent kernel of a cell with 24 units, which is (24, gates × 24)."""
    both, gates = finding.named.get("both", ()), blocks(finding.class_name)
    if len(both) != 2 or not gates or any(len(shape) != 2 or None in shape[1:] for shape in both):
        return None
    (_, came), (units, columns) = both
    if units is None or came is None or columns != gates * units or came == units or gates == 1:
        return None
    if not _OF_KERAS.search(finding.layer or ""):
        return None  # TensorFlow 1 keeps one kernel for features and state
    return came, units


def fitting_states(finding: Finding, came: int, units: int) -> tuple[Change, ...]:
    """A state of other units than the cell has: one of the two changes, or a Dense is between them."""
    name = (finding.class_name or "").removesuffix("Cell")
    return (
        Change(
            f"Give it as many units as the state has: {came}.",
            code=f"layers.{name}({came}, …)(x, initial_state=states)",
            means="Encoder and decoder then have the same number of units.",
        ),
        Change(
            f"Or make the layer that passes its state on {units} units wide.",
            code=f"layers.{name}({units}, return_state=True)",
        ),
        Change(f"Or project the state to {units} numbers.", code=f"state = layers.Dense({units})(state)"),
    )


def a_cell_for_each_level(finding: Finding) -> tuple[Change, ...]:
    """One cell on several levels: the second level reads the units of the first."""
    came, units = finding.number("came"), finding.number("units")
    if came is None or came != units:
        return ()
    return (
        Change(
            (
                f"Make a separate cell for each level: the second reads the {units} units of the first, so one cell "
                "can't serve both."
            ),
            code=f"keras.layers.RNN([keras.layers.{finding.class_name}({units}) for _ in range(levels)])",
            means="[cell] * levels puts the same cell on every level.",
        ),
    )
