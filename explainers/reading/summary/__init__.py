"""Reads printed summaries: the table, the chain of its layers, and the arguments that its counts allow."""
