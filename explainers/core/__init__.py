"""The machinery under the lessons: dims -> live model -> plain results.

Reading order: `axes`, `dims`, `results`, `explainer`, `rules`, `inspection`, `recording`, `service`.
Import from the modules by name, so that reading `results` never loads Keras.
"""
