"""Helpers for the Makefile: each is run by name (`make screenshots`) and imported by nothing in the app."""
