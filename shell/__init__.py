"""Where Streamlit lives: the frame of every page, the learner's state, the components, the way to the engine.

`explainers` and `views` never import this package; `app.py` and `pages/` are thin and use nothing else.
"""
