"""Compare: a pinned setting and the one on the page, side by side, with the reason for each difference.

A difference is said once: as a table, as two pictures, or as the lines of the code or the summary, each behind a tab.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from explainers.core.results import Explanation
from shell import components, dims_state, engine, pinned, tabs, waiting
from shell.page import Page, Section
from shell.tabs import Tab
from views import compare as view
from views import shape_flow
from views.classroom import moves
from views.markup import verbatim


def draw(page: Page) -> None:
    found = pinned.read(page.explainer)
    for notice in found.notices:
        st.warning(verbatim(notice))
    if found.dims is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Pin these dims", key=f"pin:{page.name}", on_click=pinned.pin, args=(page.dims,))
            st.markdown("Then change one to see both models side by side, with the reason for each change.")
        return
    _buttons(page, found)
    texts = dims_state.texts_of(found.dims)
    other = waiting.asked(partial(engine.structure, page.name, texts))
    if other is None:
        return
    _both(page, texts, other.explanation)


def _buttons(page: Page, found: pinned.Pinned) -> None:
    assert found.dims is not None
    same = found.dims == page.dims
    held = moves(found.dims.values(), page.dims, page.fixed)
    with st.container(horizontal=True):
        st.button(
            "Pin the current dims instead",
            key=f"repin:{page.name}",
            on_click=pinned.pin,
            args=(page.dims,),
            disabled=same,
        )
        st.button(
            "Swap",
            key=f"swap:{page.name}",
            on_click=pinned.swap,
            args=(page.explainer, found.dims, page.dims),
            disabled=same or held,
        )
        st.button("Unpin", key=f"unpin:{page.name}", on_click=pinned.unpin)
    if held:
        st.caption("Swapping would change dims that your teacher has hidden, so it isn't offered here.")


def _both(page: Page, texts: engine.Texts, other: Explanation) -> None:
    """The differences; nothing but a sentence while there are none."""
    compared = view.compare(other, page.explanation)
    st.markdown(view.text(compared))
    if not compared.dims:
        return

    def summaries() -> tuple[str, str]:
        return engine.summary(page.name, texts), engine.summary(page.name, page.texts)

    differences(page.name, compared, other, page.explanation, summaries)


@st.fragment
def differences(
    name: str,
    compared: view.Comparison,
    other: Explanation,
    here: Explanation,
    summaries: Callable[[], tuple[str, str]] | None = None,
) -> None:
    """The same differences in several ways, of which one is open; what Keras refused comes first.

    summaries: asks for Keras' summaries, where they aren't there yet.
    """
    for title, side in (("Pinned", other), ("Now", here)):
        _refused(title, side)
    ways = [
        Tab("table", "Table", partial(_grid, view.data, compared, f"compare:{name}")),
        Tab("pictures", "Pictures", partial(_pictures, name, compared, other, here)),
    ]
    if compared.code:
        ways.append(Tab("code-diff", "Code", partial(_grid, view.code_diff, compared, f"code-diff:{name}")))
    if summaries is not None and not any(compared.errors):
        ways.append(Tab("summary-diff", "Summary", partial(_summaries, name, other, here, summaries)))
    elif compared.summary:
        ways.append(Tab("summary-diff", "Summary", partial(_grid, view.summary_diff, compared, f"summary-diff:{name}")))
    tabs.show(ways, f"ways:{name}")


def _grid(data: Callable[[view.Comparison], dict[str, Any]], compared: view.Comparison, key: str) -> None:
    components.grid(data(compared), key)


def _summaries(name: str, other: Explanation, here: Explanation, ask: Callable[[], tuple[str, str]]) -> None:
    """The lines of the two summaries, which are asked for now."""
    texts = waiting.asked(ask, where=f"summaries:{name}")
    if texts is None:
        return
    compared = view.compare(_summarised(other, texts[0]), _summarised(here, texts[1]))
    if compared.summary:
        _grid(view.summary_diff, compared, f"summary-diff:{name}")
    else:
        st.caption("Keras prints the same summary for both.")


def _summarised(side: Explanation, text: str) -> Explanation:
    return replace(side, inspection=replace(side.inspection, summary=text))


def _pictures(name: str, compared: view.Comparison, other: Explanation, here: Explanation) -> None:
    _flow("Pinned", other, compared.flows[0], f"flow:pinned:{name}")
    _flow("Now", here, compared.flows[1], f"flow:now:{name}")
    if any(compared.flows):
        st.caption(view.PICTURE_KEY)


def _flow(title: str, shown: Explanation, marks: dict[int, shape_flow.Mark], key: str) -> None:
    st.markdown(f"**{title}**")
    if shown.inspection.flow:
        components.shape_flow(shape_flow.data(shown.inspection, marks=marks), key=key)


def _refused(title: str, shown: Explanation) -> None:
    error = shown.inspection.error
    if error is not None:
        said = error.message if error.type == "CostError" else f"{error.type}: {error.message}"
        st.error(f"**{title}.** {verbatim(said)}")


COMPARE = Section("compare", "Compare", draw)
