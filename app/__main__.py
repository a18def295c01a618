"""The entry point of `python -m app …`, which is the same as `pushoff …`."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
