"""x, W and x ∘ W as data and as text."""

from __future__ import annotations

from typing import Any

from views import hadamard as view


def extra(kernel: list[list[float]], shape: tuple[int, ...]) -> dict[str, Any]:
    x = [[0.5, -2.0, 3.0], [1.5, 0.25, -1.0]]
    wide = [[kernel[r if len(kernel) > 1 else 0][c if len(kernel[0]) > 1 else 0] for c in range(3)] for r in range(2)]
    y = [[a * b for a, b in zip(*rows, strict=True)] for rows in zip(x, wide, strict=True)]
    return {
        "product": {
            "rows": 2, "columns": 3, "row_axis": "timesteps", "column_axis": "features", "kernel_shape": shape,
            "x": x, "kernel": kernel, "y": y, "largest_difference": 5.96e-08,
        }
    }  # fmt: skip


ELEMENT = extra([[1.0, 2.0, 3.0], [4.0, 5.0, -6.0]], (1, 2, 3))
COLUMN = extra([[1.0, 2.0, -3.0]], (1, 1, 3))
ROW = extra([[2.0], [-4.0]], (1, 2, 1))
LAST = extra([[1.0, 2.0, -3.0]], (3,))


def cells(of: dict[str, Any], key: str) -> list[list[Any]]:
    drawn = view.data(of)
    assert drawn is not None
    return [[cell[key] for cell in line] for line in drawn["cells"]]


def test_the_three_numbers_of_a_cell() -> None:
    drawn = view.data(ELEMENT)
    assert drawn is not None
    first = drawn["cells"][0][1]
    assert (first["x"], first["w"], first["y"]) == ("−2.00", "2.00", "−4.00")
    assert first["values"] == [-2.0, 2.0, -4.0]
    assert drawn["strongest"] == 9.0
    assert drawn["kernel_shape"] == "(1, 2, 3)"


def test_which_weight_serves_which_cell() -> None:
    assert cells(ELEMENT, "weight") == [["0,0", "0,1", "0,2"], ["1,0", "1,1", "1,2"]]
    assert cells(COLUMN, "weight") == [["0,0", "0,1", "0,2"]] * 2
    assert cells(ROW, "weight") == [["0,0"] * 3, ["1,0"] * 3]


def test_copies_are_marked() -> None:
    assert cells(ELEMENT, "own") == [[True] * 3] * 2
    assert cells(COLUMN, "own") == [[True] * 3, [False] * 3]
    assert cells(ROW, "own") == [[True, False, False]] * 2


def test_how_many_elements_a_weight_serves() -> None:
    assert view.shared(ELEMENT) == "Each of the 6 elements has its own weight."
    assert view.shared(COLUMN) == "3 weights serve 6 elements: each one 2 of them."
    assert view.shared(ROW) == "2 weights serve 6 elements: each one 3 of them."
    assert view.shared(LAST) == "3 weights serve 6 elements: each one 2 of them."


def test_numbers() -> None:
    assert [view.number(n) for n in (0.644, -0.004, -1.5, 0.0)] == ["0.64", "0.00", "−1.50", "0.00"]
    assert view.difference(ELEMENT) == "6e-08"


def test_text_tells_the_figure() -> None:
    assert view.text(COLUMN) == (
        "Three matrices of 2 timesteps by 3 features: x, the kernel of shape (1, 1, 3), and their product cell by "
        "cell. In "
        "the first cell 0.50 times 1.00 is 0.50. 3 weights serve 6 elements: each one 2 of them."
    )


def test_nothing_to_draw() -> None:
    assert view.data({"product": None}) is None
    assert view.text({"product": None}) == "The model can't be built, so there is no product to show."
