"""One long series, cut into windows and forecast: the machinery of the lesson `windowed_forecast`.

Read in this order:

1. `series.py`    series made here: a sine with noise, a trend, a random walk
2. `numbers.py`   a learner's own numbers, from a pasted column or a CSV file
3. `windows.py`   the series as arrays: whole, as samples, padded, as windows; the naive baseline; errors
4. `results.py`   what a training hands out: plain data
5. `training.py`  the training itself, epoch by epoch; the only file here that loads Keras
"""
