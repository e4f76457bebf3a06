"""From the page Your model to a class: the model's shapes become questions of the set that is being made."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explainers.core.results import Inspection
from explainers.yours.document import Document, DocumentError
from explainers.yours.link import packed as packed_model
from rooms.limits import MOST_TASKS
from rooms.tasks import LONGEST_TEXT, SHAPE, Task, TaskSet, TaskSetError, checked, packed, unpacked
from shell import pages
from shell.class_choose import MADE, SET
from views import predict
from views.markup import verbatim

_LAYERS, _ADDED_AT_FIRST, _MINUTES = "class:own:layers", 3, 2.0


def draw(document: Document, inspection: Inspection) -> None:
    """Which layers are asked about, and the button that adds them and leads to the set."""
    titles = {each.name: f"{each.name} · {each.title}" for each in predict.questions(inspection)}
    if not titles:
        st.markdown("This model has no layer whose shape can be asked for.")
        return
    st.markdown("Ask a class for the output shapes of this model. The questions join the set that you are making.")
    # What was chosen stays while the model is edited, but for layers that it doesn't have any more.
    kept = [name for name in st.session_state.get(_LAYERS, list(titles)[:_ADDED_AT_FIRST]) if name in titles]
    st.session_state[_LAYERS] = kept
    chosen = st.multiselect("Layers to ask about", list(titles), format_func=titles.__getitem__, key=_LAYERS)
    if st.button("Add to a class’s questions", disabled=not chosen, key="class:own:add"):
        try:
            word = packed(checked(joined(st.session_state.get(MADE, ""), document, chosen)))
        except (TaskSetError, DocumentError) as error:
            st.error(verbatim(str(error)))
            return
        st.switch_page(pages.place("start_class"), query_params={SET: word})


def joined(word: str, document: Document, layers: Sequence[str]) -> TaskSet:
    """The set of this word of a link, "" for none yet, with a question for each of the layers.

    Raises TaskSetError, DocumentError.
    """
    model = packed_model(document)
    if len(model) > LONGEST_TEXT:
        raise TaskSetError("This model is too large for a link to a set of questions.")
    tasks = tuple(Task(SHAPE, layer=name, model=model, minutes=_MINUTES) for name in layers)
    made = unpacked(word) if word else TaskSet("My class", ())
    asked = tuple(task for task in made.tasks if task.part != "after")
    again = tuple(task for task in made.tasks if task.part == "after")
    if len(made.tasks) + len(tasks) > MOST_TASKS:
        raise TaskSetError(f"The set already has {len(made.tasks)} questions; a class can have up to {MOST_TASKS}.")
    return TaskSet(made.title, (*asked, *(task for task in tasks if task not in asked), *again))
