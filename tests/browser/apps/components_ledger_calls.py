"""A page for test_components_ledger_calls.py: the ledger and the calls, without Keras. `?sample=` chooses the run."""

from __future__ import annotations

import streamlit as st

from shell import components
from tests.views import samples_calls as samples
from views import calls, ledger

st.set_page_config(page_title="Components", layout="wide")
st.title("Components")
timesteps = st.number_input("timesteps", value=7)
model = samples.two_lstms(timesteps=timesteps)
runs = {
    "lstm": lambda: model.run,
    "long": lambda: samples.lstm_run(64, 9, (("first", 32), ("second", 31))),
    "custom": samples.custom_run,
    "inf": lambda: samples.custom_run(blows_up=True),
}
sample = st.query_params.get("sample", "lstm")
inspection = samples.odd_layers() if sample == "custom" else model
st.header("Ledger")
components.ledger(ledger.data(inspection, hide=sample == "inf"), key="ledger")
st.header("Calls")
run = runs[sample]()
assert run is not None
components.calls(calls.data(run, inspection.layers), key="calls")
st.text(f"Python has {timesteps} timesteps")
