"""A saved model is read, never loaded: its configuration alone, within limits, class by class from an allow list.

    files.py      a .keras archive, an .h5 file or the JSON of to_json() -> its configuration, as JSON
    allowed.py    that configuration -> one that names nothing but Keras' own layers, or the sentence why not
    rebuild.py    that -> the live model, with fresh weights; and what `show` prints of it

What is unsafe about loading: a Lambda brings code, a class can name any module, and an archive of a few kilobytes can
hold as many gigabytes. None of them gets as far as Keras here.
"""
