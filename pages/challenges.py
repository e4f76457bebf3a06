"""Challenges: made by the live engine and judged by it, with new dims each time."""

from shell.frame import guard

guard()

from shell.challenges import challenges_page  # noqa: E402  (nothing may be drawn before the guard)

challenges_page()
