"""Labelling in the browser, from a page on this machine alone.

The server listens on the loopback address, answers only under a random path and to its own Host
(so that no web page can reach it through a name of its own), and serves one page whose
Content-Security-Policy allows its own script and style and requests to itself. Texts travel
as JSON and reach the page as text nodes.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from typing import Any
from urllib.parse import urlsplit

from dedupe.reports.closed import page, policy
from dedupe.tune.html import asset
from dedupe.tune.session import ANSWERS, Session
from dedupe.tune.shown import KEYS, QUESTIONS, Texts

AROUND = 20_000
"""Characters of a text that are sent around its first marked passage, each way."""
LARGEST = 1_000
"""Bytes of a request that are read."""

_BODY = """<main>
<p id="question"></p>
<div id="sides"></div>
<nav id="keys" aria-label="Answers"></nav>
<p id="state" role="status"></p>
</main>"""
_ALLOWED = "; connect-src 'self'"


@dataclass
class Desk:
    """The session behind the page; requests take turns."""

    session: Session
    texts: Texts
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    turn: threading.Lock = field(default_factory=threading.Lock)
    finished: threading.Event = field(default_factory=threading.Event)

    def state(self) -> dict[str, Any]:
        """Return what the page shows now."""
        item = self.session.current
        unit = str(self.session.plan.design["unit"])
        sides: list[dict[str, Any]] = []
        if item is not None:
            sides = [{"heading": side.heading, "parts": _near(side.parts)} for side in self.texts.sides(item)]
        return {
            "at": len(self.session.done), "question": QUESTIONS[unit], "keys": KEYS[unit], "sides": sides,
            "uncertain": self.session.uncertain, "finished": self.finished.is_set(),
        }  # fmt: skip

    def press(self, key: str, at: int) -> None:
        """Take one key; ``at`` is the number of answers that the page knew, so that no key counts twice."""
        if at != len(self.session.done):
            return
        if key == "f":
            self.finished.set()
        elif key == "b":
            self.session.back()
        elif key == "e":
            self.session.prefer_uncertain(not self.session.uncertain)
        elif key in ANSWERS and key in dict(KEYS[str(self.session.plan.design["unit"])]):
            self.session.answer(key)


def _near(parts: tuple[tuple[str, bool], ...]) -> list[tuple[str, bool]]:
    first = next((place for place, (_, is_marked) in enumerate(parts) if is_marked), 0)
    out, room = [], AROUND
    for place, (text, is_marked) in enumerate(parts):
        if place < first:
            shown = text if len(text) <= AROUND else "… " + text[-AROUND:]
        else:
            shown = text if len(text) <= room else text[:room] + " …"
            room = max(0, room - len(text))
        out.append((shown, is_marked))
    return out


class _Handler(BaseHTTPRequestHandler):
    """Serves the page, its state, and takes keys."""

    def __init__(self, desk: Desk, *args: Any) -> None:
        self.desk = desk
        super().__init__(*args)

    def do_GET(self) -> None:
        """Send the page or the state."""
        place = self._place()
        if place == "":
            style, script = page_assets()
            text = page(title="Labelling", style=style, script=script, body=_BODY, allowed=_ALLOWED)
            self._send(200, text.encode(), "text/html; charset=utf-8", policy(script, style, _ALLOWED))
        elif place == "state":
            self._send_state()
        else:
            self._send(404, b"not found\n", "text/plain")

    def do_POST(self) -> None:
        """Take a key."""
        origin = self.headers.get("Origin")
        length = self.headers.get("Content-Length") or ""
        if self._place() != "key" or (origin is not None and urlsplit(origin).netloc != self.headers["Host"]):
            self._send(404, b"not found\n", "text/plain")
            return
        if not (length.isascii() and length.isdigit() and len(length) < 8 and int(length) <= LARGEST):
            self._send(400, b"too large\n", "text/plain")
            return
        try:
            asked = json.loads(self.rfile.read(int(length)))
            key, at = str(asked["key"]), int(asked["at"])
        except (ValueError, KeyError, TypeError):
            self._send(400, b"not understood\n", "text/plain")
            return
        with self.desk.turn:
            self.desk.press(key, at)
        self._send_state()

    def _place(self) -> str | None:
        """Return what is asked for under the token, None where the token or the host is not ours."""
        port = port_of(self.server)
        parts = self.path.split("/")
        ours = self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}")
        if (
            not ours
            or len(parts) != 3
            or not hmac.compare_digest(parts[1].encode(), self.desk.token.encode())
        ):
            return None
        return parts[2]

    def _send_state(self) -> None:
        with self.desk.turn:
            body = json.dumps(self.desk.state()).encode()
        self._send(200, body, "application/json")

    def _send(self, status: int, body: bytes, kind: str, allowed: str = "default-src 'none'") -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(body))), ("Content-Security-Policy", allowed),
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: addresses hold the token."""


def page_assets() -> tuple[str, str]:
    """Return the style and the script of the page."""
    return asset("label.css"), '"use strict";(()=>{\n' + asset("label.js") + "\n})();"


def serve(desk: Desk, port: int = 0) -> ThreadingHTTPServer:
    """Return a server on the loopback address, bound and not yet running."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, desk))
    server.daemon_threads = True
    return server


def address(desk: Desk, server: ThreadingHTTPServer) -> str:
    """Return the page's address, with its token."""
    return f"http://127.0.0.1:{port_of(server)}/{desk.token}/"


def port_of(server: BaseServer) -> int:
    """Return the port that a server is bound to."""
    return int(server.server_address[1])  # type: ignore[index]


def run(desk: Desk, server: ThreadingHTTPServer) -> int:
    """Serve until the annotator finishes; return the number of answers. The log is written as keys come."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        while not desk.finished.wait(0.2):
            pass
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    return len(desk.session.done)
