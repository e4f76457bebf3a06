"""`python -m shell.probe`: the image's health check. Asks this machine's own server whether it is ready.

Prints what it says; ends with 0 if it is, 1 if not. Imports little, because it runs every ten seconds.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

READY = "/health/ready"
SECONDS = 8


def probe(port: str) -> tuple[bool, str]:
    """Whether the server at this port of the loopback interface is ready, and its words."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{READY}", timeout=SECONDS) as reply:
            return True, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return False, error.read().decode()
    except OSError as error:
        return False, f"No reply at port {port}: {getattr(error, 'reason', error)}."


if __name__ == "__main__":
    ready, said = probe(os.environ.get("STREAMLIT_SERVER_PORT", "8501"))
    print(said)
    sys.exit(0 if ready else 1)
