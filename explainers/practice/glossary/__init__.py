"""The words for axes and sizes: Keras' own, and those of other books and frameworks. `terms.py` has the data."""
