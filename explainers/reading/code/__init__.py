"""Reads programs without running them: statements, values, layers and the graph they make."""
