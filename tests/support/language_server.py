"""A language server on a pipe, asked as an editor asks it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

LONGEST_SECONDS = 60.0
"""How long a server may run on a busy machine."""


class LanguageServer:
    """A running language server, and what it says of the files that are open."""

    def __init__(self, process: subprocess.Popen[bytes], settings: Mapping[str, Any]) -> None:
        self._process, self._settings, self._count = process, settings, 0
        self._told: dict[str, list[str]] = {}
        self._has_settings = False

    def start(self, folder: Path) -> None:
        """Open a folder."""
        workspace = {"configuration": True, "workspaceFolders": True}
        capabilities = {"workspace": workspace, "textDocument": {"publishDiagnostics": {}, "completion": {}}}
        folders = [{"uri": folder.as_uri(), "name": "work"}]
        asked = {"processId": None, "rootUri": folder.as_uri(), "workspaceFolders": folders}
        self.ask("initialize", capabilities=capabilities, **asked)
        self._send(method="initialized", params={})
        while not self._has_settings:
            self._read()

    def open(self, file: Path, text: str) -> None:
        """Open a file that has a text."""
        document = {"uri": file.as_uri(), "languageId": file.suffix.lstrip("."), "version": 1, "text": text}
        self._send(method="textDocument/didOpen", params={"textDocument": document})

    def faults(self, file: Path) -> list[str]:
        """Give what the server says of a file; wait until it has said something."""
        while file.as_uri() not in self._told:
            self._read()
        return self._told[file.as_uri()]

    def at(self, what: str, file: Path, line: int, character: int) -> Any:
        """Ask for what is at a place of a file, both from 0: `hover`, `completion`."""
        place = {"line": line, "character": character}
        return self.ask(f"textDocument/{what}", textDocument={"uri": file.as_uri()}, position=place)

    def ask(self, method: str, **params: Any) -> Any:
        """Ask, and give the answer."""
        self._count += 1
        number = self._count
        self._send(id=number, method=method, params=params)
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                return message.get("result")

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        if self._process.stdin is None:
            raise RuntimeError("the server has no pipe")
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        length = 0
        stream = self._process.stdout
        if stream is None:
            raise RuntimeError("the server has no pipe")
        while header := stream.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(stream.read(length))
        self._answer(message)
        return message

    def _answer(self, message: Mapping[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "workspace/configuration":
            result = [self._settings.get(item.get("section"), {}) for item in params["items"]]
            self._send(id=message["id"], result=result)
            self._has_settings = True
        elif method and "id" in message:
            self._send(id=message["id"], result=None)
        elif method == "textDocument/publishDiagnostics":
            self._told[params["uri"]] = [each["message"] for each in params["diagnostics"]]


@contextlib.contextmanager
def serving(command: Sequence[str], folder: Path, settings: Mapping[str, Any]) -> Iterator[LanguageServer]:
    """Run a language server for a folder, with the settings of an editor by their sections."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    # One that says nothing ends, and so does the test.
    patience = threading.Timer(LONGEST_SECONDS, process.kill)
    patience.start()
    try:
        server = LanguageServer(process, settings)
        server.start(folder)
        yield server
    finally:
        patience.cancel()
        process.kill()
        process.communicate()
