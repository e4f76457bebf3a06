"""The sections of a lesson's page, one file each; `shell.lesson` puts them in order."""
