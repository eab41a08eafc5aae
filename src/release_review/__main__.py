"""Run the tool with `python -m release_review`."""

import os
import sys


def _forget_working_folder() -> None:
    """Take the working folder out of the import path: a checkout under review may hold a `json.py`."""
    try:
        here = os.getcwd()  # noqa: PTH109 - pathlib is not imported before the path is clean
    except FileNotFoundError:
        here = ""
    sys.path[:] = [folder for folder in sys.path if folder not in ("", here)]


if __name__ == "__main__":
    _forget_working_folder()

    from release_review.cli import main

    sys.exit(main())
