"""Make the picture of the HTML report that the README shows: `pictures.py docs/images/report.png`, at the root."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from chromium import chromium, running

EXAMPLE = "examples/gpt-oss-120b/release.toml"
TODAY = "2026-01-01"
WIDTH, HEIGHT = 1_280, 1_850
"""In pixels: the verdict, what to do first, the properties and the steps."""


def main() -> int:
    """Review the example, and take a picture of its report."""
    program = chromium()
    if program is None:
        sys.stderr.write("error: no Chromium is installed; install it, for instance with `make browser`\n")
        return 2
    command = [sys.executable, "-m", "release_review", "check", EXAMPLE, "--today", TODAY, "--output-format", "html"]
    page = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout
    with tempfile.TemporaryDirectory() as folder, running(program) as browser:
        file = Path(folder) / "report.html"
        file.write_bytes(page)
        browser.media(prefers_color_scheme="light")
        browser.resize(WIDTH)
        browser.open(file)
        target = Path(sys.argv[1])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(browser.picture(height=HEIGHT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
