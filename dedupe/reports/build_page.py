"""Write what reports carry beside their data, from its readable sources.

    pip install tdewolff-minify==2.24.12 zopfli==0.4.3
    python dedupe/reports/build_page.py

Reads ``dedupe/reports/assets`` and writes ``dedupe/reports/page``: ``script.js`` and ``style.css``
without comments, idle white space and long local names, ``strings.txt`` with the words of the
interface packed, and ``sources.txt`` with the digest of what they were made from (a test compares
it). Nothing of this runs when a report is written, so a report's bytes depend on no tool.
"""

from __future__ import annotations

import base64

import minify
import zopfli.zlib

from dedupe.reports import html


def page() -> dict[str, str]:
    """Return the files by name."""
    style, script, strings = html.sources()
    packed = zopfli.zlib.compress(strings.encode(), numiterations=100)
    return {
        "style.css": minify.string("text/css", style),
        "script.js": minify.string("application/javascript", script),
        "strings.txt": base64.b64encode(packed[2:-4]).decode(),  # deflate alone, without zlib's frame
        "sources.txt": html.sources_digest(),
    }


def main() -> None:
    """Write them."""
    html.PAGE.mkdir(exist_ok=True)
    for name, text in page().items():
        (html.PAGE / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
