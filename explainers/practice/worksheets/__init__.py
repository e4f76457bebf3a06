"""Worksheets: exercises with new dims from a seed, each with the live model that answers it."""
