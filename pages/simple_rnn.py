"""The page of the lesson simple_rnn."""

from shell.frame import guard

guard()

from shell.lesson import lesson_page  # noqa: E402  (nothing may be drawn before the guard)

lesson_page("simple_rnn")
