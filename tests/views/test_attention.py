"""Who looks at whom, as data and as text."""

from __future__ import annotations

from typing import Any

from views import attention as view
from views.own import Caption, Drawing

SCORED: dict[str, Any] = {
    "heads": 1, "query_steps": 2, "key_steps": 3, "key_dim": 4, "scores": [[[0.2, 0.7, 0.1], [0.6, 0.4, 0.0]]],
    "hidden": [[False, False, False], [False, False, True]], "declared": [None, 1, 2, 2], "difference": 6e-8,
}  # fmt: skip


def test_the_declared_shape_is_told_where_it_differs() -> None:
    told = view.source(SCORED)
    assert told == (
        "Recomputed in NumPy as softmax(query · key / √4); the largest difference is 6e-08. Until data arrive, Keras "
        "declares the scores as (None, 1, 2, 2), with the query's length twice. The real scores are (batch, 1, 2, 3)."
    )
    assert "declares" not in view.source({**SCORED, "declared": [None, 1, 2, 3]})


def test_what_isnt_drawn_is_told() -> None:
    assert view.source({**SCORED, "key_steps": 90}).endswith("Drawn: 3 of 90 key steps.")
    assert view.data({"scored": {**SCORED, "key_steps": 90}})["whole"] is False
    assert view.data({"scored": SCORED})["whole"] is True


def test_text_and_section() -> None:
    assert view.text({"scored": SCORED}) == (
        "Scores of 1 heads, 2 query steps by 3 key steps; each row sums to 1. In head 0 query step 0 most at key step "
        "1, query step 1 most at key step 0."
    )
    section = view.section({"scored": SCORED})
    assert section is not None
    assert [type(part) for part in section.parts][1:] == [Drawing, Caption]
    assert view.section({"scored": None}) is None
