"""A headless Chromium, driven through a pipe: no port, no driver, and nothing to download."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""How the program is called, on one system or another."""

LONGEST_SECONDS = 60.0
"""How long one answer may take on a busy machine; a browser that hangs is an error, not a wait."""

_OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # in a container there is no namespace for it; the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--no-default-browser-check",
    "--no-first-run",
    "--remote-debugging-pipe",
)


_COMPLAINTS = frozenset({"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"})


def chromium() -> str | None:
    """Give the path of an installed Chromium; None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """A running browser with one page, whose messages it keeps.

    Attributes:
        requests: Addresses that the page asked for.
        complaints: What the page put on its console, threw, or was refused by its own policy.
    """

    def __init__(self, reads: int, writes: int) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._reads, self._writes = reads, writes
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self._loaded = False

    def start(self) -> None:
        """Open a page, and listen to it."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Carry out one command of the DevTools protocol, and give its result.

        Raises:
            RuntimeError: The browser says that it cannot.
        """
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writes, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, page: Path, *, anchor: str = "") -> None:
        """Load a file, and wait until it is shown."""
        self._loaded = False
        self.call("Page.navigate", url="about:blank")
        while not self._loaded:
            self._next()
        self.requests.clear()
        self.complaints.clear()
        self._loaded = False
        self.call("Page.navigate", url=page.as_uri() + anchor)
        while not self._loaded:
            self._next()

    def ask(self, expression: str) -> Any:
        """Give the value of an expression of JavaScript, evaluated beside the page's own policy."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key: str, *, code: int, text: str = "") -> None:
        """Press and release a key, as a keyboard does."""
        event = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.call("Input.insertText", text=text)

    def resize(self, width: int, height: int = 800, *, scale: float = 1) -> None:
        """Set the width and height of the page, in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False
        )

    def media(self, medium: str = "", **features: str) -> None:
        """Show the page as on a medium, `print` or none in particular, and for somebody with some preferences."""
        listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", media=medium, features=listed)

    def scripts(self, *, allowed: bool) -> None:
        """Allow or forbid the scripts of pages that are loaded from now on."""
        self.call("Emulation.setScriptExecutionDisabled", value=not allowed)

    def picture(self, *, whole: bool = False, height: int | None = None) -> bytes:
        """Give a picture of the page as PNG: what is seen, a height of it in pixels, or the whole."""
        options: dict[str, Any] = {"format": "png"}
        if whole or height:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"], "scale": 1}
            options |= {"captureBeyondViewport": True, "clip": clip}
        return base64.b64decode(self.call("Page.captureScreenshot", **options)["data"])

    def paper(self) -> bytes:
        """Give the page as PDF."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def _next(self) -> dict[str, Any]:
        """Give the next message, and keep what it says of the page."""
        end = time.monotonic() + LONGEST_SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._reads], [], [], max(end - time.monotonic(), 0))
            chunk = os.read(self._reads, 1 << 20) if ready else b""
            if not chunk:
                raise RuntimeError("the browser does not answer")
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        self._keep(message.get("method", ""), message.get("params", {}))
        return message

    def _keep(self, event: str, params: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif event == "Page.loadEventFired":
            self._loaded = True
        elif event in _COMPLAINTS or params.get("issue", {}).get("code") == "ContentSecurityPolicyIssue":
            self.complaints.append(json.dumps(params))


@contextlib.contextmanager
def running(program: str) -> Iterator[Browser]:
    """Run a browser with a profile of its own, and end it with all its processes."""
    profile = Path(tempfile.mkdtemp(prefix="release-review-browser-"))
    (commands, to_browser), (answers, from_browser) = _pipe(), _pipe()
    child = os.posix_spawn(
        program,
        [program, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"],
        os.environ,
        # The browser reads commands from its descriptor 3, and writes to 4.
        file_actions=[
            (os.POSIX_SPAWN_DUP2, commands, 3),
            (os.POSIX_SPAWN_DUP2, from_browser, 4),
            *_quiet(),
        ],
        setpgroup=0,
    )
    os.close(commands)
    os.close(from_browser)
    try:
        browser = Browser(answers, to_browser)
        browser.start()
        yield browser
    finally:
        os.close(to_browser)
        os.close(answers)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        shutil.rmtree(profile, ignore_errors=True)


def _pipe() -> tuple[int, int]:
    """Give a pipe whose ends are none of the descriptors that the browser's own will be put on."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]


def _quiet() -> Sequence[tuple[Any, ...]]:
    return [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]
