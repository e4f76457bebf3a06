"""``python -m explainers``: see `explainers.core.cli`."""

import sys

from explainers.core.cli import main, quiet_tensorflow

if __name__ == "__main__":
    quiet_tensorflow()
    sys.exit(main())
