"""The words for axes and sizes, here and elsewhere."""

from shell.frame import guard

guard()

from shell.glossary import glossary_page  # noqa: E402  (nothing may be drawn before the guard)

glossary_page()
