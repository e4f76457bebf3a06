"""Shape Explainer: ``streamlit run app.py``. This file runs before every page and puts the frame around it."""

from shell.frame import navigation

navigation().run()
