"""Challenges: made from live models with new dims for each seed, and judged by live models, never by an answer key.

challenge.py   what is asked and what is answered, plain data (the web process reads no more than this)
drawing.py     dims by chance, from a seed
engine.py      draws what a seed stands for, and asks and judges; it works inside a Keras worker, as do
looking.py     ways to look at the live model of a task
failing.py     tasks about what Keras refuses: a model to repair, a line to find
"""
