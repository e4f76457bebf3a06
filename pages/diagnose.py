"""Paste an error, a summary, or a few lines of Keras."""

from shell.frame import guard

guard()

from shell.diagnose import diagnose_page  # noqa: E402  (nothing may be drawn before the guard)

diagnose_page()
