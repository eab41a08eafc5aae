"""Make the pictures of our pages: `pictures.py docs/images/report.png docs/images/audit.png`, at the root."""

from __future__ import annotations

import os
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
AUDIT = Path("examples/audit/audit.sh")
AUDIT_HEIGHT = 1_850
"""In pixels: the counts, the properties by year and the steps by vector."""


def main() -> int:
    """Take a picture of the report on the example, and of the page of the sample audit."""
    program = chromium()
    if program is None:
        sys.stderr.write("error: no Chromium is installed; install it, for instance with `make browser`\n")
        return 2
    report, audit = (Path(each) for each in sys.argv[1:])
    with tempfile.TemporaryDirectory() as name, running(program) as browser:
        folder = Path(name)
        browser.media(prefers_color_scheme="light")
        for target, page, height in (
            (report, report_page(folder), HEIGHT),
            (audit, audit_page(folder), AUDIT_HEIGHT),
        ):
            browser.resize(WIDTH)
            browser.open(page)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(browser.picture(height=height))
    return 0


def report_page(folder: Path) -> Path:
    """Review the example, and give its report as a page."""
    command = [sys.executable, "-m", "release_review", "check", EXAMPLE, "--today", TODAY, "--output-format", "html"]
    page = folder / "report.html"
    page.write_bytes(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    return page


def audit_page(folder: Path) -> Path:
    """Audit the sample, and give its page."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["sh", str(AUDIT), str(folder)], env=environment, stdout=subprocess.DEVNULL, check=True)  # noqa: S607
    return folder / "audit.html"


if __name__ == "__main__":
    sys.exit(main())
