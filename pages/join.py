"""For students: join a class that is live."""

from shell.frame import guard

guard()

from shell.class_join import join_page  # noqa: E402  (nothing may be drawn before the guard)

join_page()
