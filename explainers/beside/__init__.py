"""What a lesson's file has no room for, in a module of its name: more trials, the data of its picture, its signs.

`complete(lesson)` returns the lesson with all of it. So a lesson's file is read first and needs nothing from here:
its question, its dims, the model, its sentence.
"""
