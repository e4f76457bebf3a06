"""How many files and sockets this process may have open. An open tab costs about four."""

from __future__ import annotations

import sys

MOST = 65_536  # some machines say "a billion", and there are programs that then count up to it


def raise_limit() -> int:
    """Raise the soft limit as far as one may without being root. Returns it; 0 where there is none to ask for."""
    if sys.platform == "win32":
        return 0
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(MOST, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft
