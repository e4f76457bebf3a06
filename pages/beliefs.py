"""The address that misconceptions had before: it leads on."""

from shell.frame import guard

guard()

from shell.misconceptions import moved  # noqa: E402  (nothing may be drawn before the guard)

moved()
