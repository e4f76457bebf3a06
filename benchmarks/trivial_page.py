"""The floor of `make bench-browser`: a page of Streamlit with one number, one sentence and no model."""

import streamlit as st

st.title("A number")
number = st.number_input("units", min_value=1, value=5)
st.query_params["units"] = str(number)
st.markdown(f"You chose **{number}**.")
