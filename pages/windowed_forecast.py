"""The page of the lesson windowed_forecast: with the windows on the series, and a training to watch."""

from shell.frame import guard

guard()

from shell.lesson import lesson_page  # noqa: E402  (nothing may be drawn before the guard)
from shell.sections.forecast import own_section  # noqa: E402

lesson_page("windowed_forecast", own_section)
