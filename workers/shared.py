"""What belongs to the whole process, and to no visitor: the pool, and the replies that it has given.

Not in Streamlit's caches: any visitor may send a message that empties those (`BackMsg.clear_cache`; the menu hides
it, the server takes it). A second pool would start beside the first, and everybody's replies would be gone. For the
same reason `.streamlit/config.toml` keeps this folder from being loaded anew while one develops.
"""

from __future__ import annotations

import os
import threading

from workers.descriptors import raise_limit
from workers.limits import limits_from
from workers.pool import Pool
from workers.remembered import Remembered

MB = 1024 * 1024

# The workers' JSON, packed: a tenth of the JSON, a fortieth of the objects that it becomes, unpacked in a millisecond.
# A usual reply takes 5 to 10 kB.
replies = Remembered(most_bytes=32 * MB)

_lock = threading.Lock()
_pool: Pool | None = None


def pool() -> Pool:
    """The one pool of this process. Who asks first starts it; it loads Keras meanwhile. Raises SettingError."""
    global _pool
    with _lock:
        if _pool is None:
            raise_limit()
            _pool = Pool(limits_from(os.environ))
    _pool.start()
    return _pool


def close() -> None:
    """End the pool, if there is one: for a server that a signal ends, where nothing runs at Python's end."""
    if _pool is not None:
        _pool.close()
