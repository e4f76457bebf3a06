"""For teachers: start a class, and lead it."""

from shell.frame import guard

guard()

from shell.class_lead import start_class_page  # noqa: E402  (nothing may be drawn before the guard)

start_class_page()
