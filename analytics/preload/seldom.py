"""Look for garbage seldom: whoever imports this does so from here on, and so do its forks.

Libraries and tables make objects by the hundred thousand, next to none of them in circles: looking for these every 700
objects, as is usual, takes a tenth of a batch.
"""

import gc

OBJECTS = 50_000  # made beyond those given back, before a look at the youngest

gc.set_threshold(OBJECTS, 20, 20)
