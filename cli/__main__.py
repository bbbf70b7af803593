"""`python -m atpath.cli`: the same as `atpath`."""

import sys

from . import main

if __name__ == "__main__":
    sys.exit(main())
