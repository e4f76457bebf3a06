"""A change of the program as a change of the asker's own lines.

places.py    where layers, inputs and data stand in the text
patch.py     the lines that change, and the diff
"""
