"""Keras in R: its lines are parsed here and written as the same lines in Python, which are then read like any other."""
