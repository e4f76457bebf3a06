"""A page for test_components_flow.py: the controls and the diagram, without Keras. `?sample=` chooses the diagram."""

from __future__ import annotations

import streamlit as st

from shell import components
from tests.views import samples
from tests.views.sample_dims import PRESETS, Dims
from views import controls, shape_flow


def changed() -> None:
    """The learner changed a dim."""
    st.session_state.texts = components.typed("controls")


def preset_chosen() -> None:
    """The learner clicked a preset."""
    chosen = next(preset for preset in PRESETS if preset.name == st.session_state.controls["preset"])
    st.session_state.texts = {name: str(value) for name, value in chosen.dims.items()}


st.set_page_config(page_title="Components", layout="wide")
st.title("Components")
dims, _ = Dims.read_kindly(st.session_state.get("texts", {}))
sample = st.query_params.get("sample", "chain")
hide = [int(text) for text in st.query_params.get("hide", "").split() if text]
left, right = st.columns([1, 3])
with left:
    data = controls.data(Dims.specs(), dims.values(), PRESETS)
    components.controls(data, key="controls", on_change=changed, on_preset=preset_chosen)
with right:
    if sample == "chain":
        inspection = samples.chain(dims.timesteps, dims.features, dims.units, dims.second)
    else:
        inspection = getattr(samples, sample)()
    components.shape_flow(shape_flow.data(inspection, hide), key="flow")
st.text("Python has " + dims.query())
