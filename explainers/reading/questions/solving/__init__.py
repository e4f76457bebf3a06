"""Questions that give results: the layer that makes just these is solved for, and told with its sizes.

sums.py      the sums in a sentence: ``4*(10+64+1)*64 = 19200``
formulas.py  a count and the numbers it is made of; weights.py  the shapes of a layer's weights
given.py     the replies; decided.py  whether a size changes another one, or a layer has weights: yes or no
changes.py   a shape that became another one; arithmetic.py  how a layer makes a side of another
"""
