"""The part of the app that speaks Streamlit: frame, components, state."""
