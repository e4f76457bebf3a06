"""For a class: a link that presets and hides, the projector, a worksheet with its key."""

from shell.frame import guard

guard()

from shell.classroom import classroom_page  # noqa: E402  (nothing may be drawn before the guard)

classroom_page()
