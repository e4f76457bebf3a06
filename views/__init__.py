"""Plain results become dicts for the components, figures, tables and texts. Nothing here knows Keras or Streamlit."""
