"""Layers and cells of our own: Keras classes to copy, each with its axis rule and NumPy recomputation beside it."""
