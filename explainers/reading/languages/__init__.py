"""Texts that aren't in English: their words for sizes, axes, layers and asking in English, for the reader that exists.

vocabulary.py  the words of all languages, each once, by the English word that the reader knows
english.py     which texts need it, and how their words are replaced
messages.py    messages of Keras that a web site has translated, as Keras writes them
"""
