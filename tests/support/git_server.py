"""A server that gives repositories over HTTP, to whoever has the token that it asks for."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(kw_only=True)
class GitServer:
    """What a server does, and what it was sent.

    Attributes:
        folder: Where its repositories are.
        token: The password that it asks for.
        leads_to: The address that it sends everybody to, in place of an answer.
        url: Its own address.
        asked: What it was asked for, in this order.
        given: The passwords that it was given.
    """

    folder: Path
    token: str
    leads_to: str = ""
    url: str = ""
    asked: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)


@contextmanager
def serve(folder: Path, *, token: str, leads_to: str = "") -> Iterator[GitServer]:
    """Serve the repositories in a folder on this machine, at a port of its own."""
    server = GitServer(folder=folder, token=token, leads_to=leads_to)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            server.asked.append(self.path)
            word = self.headers.get("Authorization", "").removeprefix("Basic ")
            password = base64.b64decode(word).decode().partition(":")[2]
            if password:
                server.given.append(password)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if server.leads_to:
                self._say(302, {"Location": server.leads_to + self.path})
            elif password != server.token:
                self._say(401, {"WWW-Authenticate": 'Basic realm="a forge"'})
            else:
                self._give(body)

        def _say(self, status: int, headers: dict[str, str], content: bytes = b"") -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def _give(self, body: bytes) -> None:
            path, _, query = self.path.partition("?")
            variables = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(server.folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            }
            command = ("git", "http-backend")
            done = subprocess.run(command, env=variables, input=body, capture_output=True, check=True, timeout=60)
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self._say(int(headers.pop("Status", "200").split()[0]), headers, content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        server.url = f"http://127.0.0.1:{listener.server_port}"
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


def following(server: GitServer) -> dict[str, str]:
    """Give the variables of a machine whose own settings make git go wherever this server leads."""
    name = f"http.{server.url}.followRedirects"
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": name, "GIT_CONFIG_VALUE_0": "true"}
