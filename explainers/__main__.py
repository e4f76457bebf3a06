"""``python -m explainers``: see `explainers.cli`."""

import sys

from explainers.cli import main, quiet_tensorflow

if __name__ == "__main__":
    quiet_tensorflow()
    sys.exit(main())
