"""Challenges: made from live models with new dims for each seed, and judged by live models, never by an answer key.

challenge.py   what is asked and what is answered, plain data (the web process reads no more than this)
drawing.py     dims by chance, from a seed
engine.py      builds the models; it works inside a Keras worker
"""
