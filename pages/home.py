"""Home: what this is, in one screen, and the way to every lesson."""

from shell.frame import guard

guard()

from shell.home import home_page  # noqa: E402  (nothing may be drawn before the guard)

home_page()
