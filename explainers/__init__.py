"""One file per lesson; the machinery they share is in `core/`, the reader of pasted text in `reading/`.

Nothing in here loads Streamlit. Nothing in here loads Keras at import time either: a lesson imports Keras
inside `build`, so that the web process can read its question, dims and presets without TensorFlow.
"""
