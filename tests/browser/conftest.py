"""A real browser for the report: Debian's Chromium, driven by Playwright, without network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))


@dataclass
class Watched:
    """A page and everything that must not happen in it."""

    page: Any
    file: Path
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        """Open an address of the report (``#/…``) and wait until it is drawn."""
        self.page.goto(self.file.as_uri() + address)
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def check(self) -> None:
        """Fail on a console error, a dialog, an exception or a request."""
        assert self.complaints == []
        assert [
            url for url in self.requests if not url.startswith((self.file.as_uri(), "data:", "blob:"))
        ] == []


@pytest.fixture
def open_report(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    """Return a function that opens a report's HTML in a fresh context and watches it."""
    opened: list[tuple[Any, Watched]] = []

    def open_page(html: str, address: str = "", **options: Any) -> Watched:
        file = tmp_path / f"report{len(opened)}.html"
        file.write_text(html, encoding="utf-8")
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        page = context.new_page()
        watched = Watched(page, file)
        page.on("console", lambda m: m.type in ("error", "warning") and watched.complaints.append(m.text))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.on(
            "dialog", lambda dialog: (watched.complaints.append(f"dialog {dialog.message}"), dialog.dismiss())
        )
        page.on("request", lambda request: watched.requests.append(request.url))
        opened.append((context, watched))
        watched.go(address)
        return watched

    yield open_page
    for context, watched in opened:
        watched.check()
        context.close()
