"""A class, live: rooms that students join, tasks that all of them answer, and what came of it.

    limits.py    what the person who runs the server may set
    tasks.py     a task set: what is asked in which order; it fits into a link
    asked.py     a task made ready: what students see, and the truth that a live model gave
    slips.py     what is behind a wrong answer: "put units where timesteps are"
    store.py     the tables, and the way to them: SQLite or PostgreSQL
    desk.py      what teachers and students do: open, join, answer, reveal, next, delete
    tally.py     what came of it: answers per axis, the commonest wrong one, tables, CSV

Nothing here knows Keras, Streamlit or the workers: truths come in as plain data (`shell/class_tasks.py` asks for them).
"""
