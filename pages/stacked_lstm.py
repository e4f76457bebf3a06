"""The page of the lesson stacked_lstm."""

from shell.frame import guard

guard()

from shell.lesson import lesson_page  # noqa: E402  (nothing may be drawn before the guard)

lesson_page("stacked_lstm")
