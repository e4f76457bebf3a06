"""What the files of the mistakes have in common.

sheet.py     what a mistake says of itself
wording.py   the small language in which messages are written down
scene.py     a message and the examples that had to be used, for a model that shows it live
judged.py    a live failure, judged
"""
