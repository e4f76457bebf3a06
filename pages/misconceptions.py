"""What people believe about shapes, tried live."""

from shell.frame import guard

guard()

from shell.misconceptions import misconceptions_page  # noqa: E402  (nothing may be drawn before the guard)

misconceptions_page()
