"""What people believe about shapes, tried live."""

from shell.frame import guard

guard()

from shell.beliefs import beliefs_page  # noqa: E402  (nothing may be drawn before the guard)

beliefs_page()
