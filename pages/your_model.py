"""A model of the learner's own, edited part by part."""

from shell.frame import guard

guard()

from shell.your_model import your_model_page  # noqa: E402  (nothing may be drawn before the guard)

your_model_page()
