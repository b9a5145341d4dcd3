"""Write the script and the style that reports carry, from their readable sources.

    pip install tdewolff-minify==2.24.12
    python packaging/page.py

Reads ``dedupe/reports/assets`` and writes ``dedupe/reports/page``: ``script.js`` and ``style.css``
without comments, idle white space and long local names, and ``sources.txt`` with the digest of
what they were made from (a test compares it). Nothing is minified when a report is written, so
a report's bytes do not depend on this tool.
"""

from __future__ import annotations

import minify

from dedupe.reports import html


def main() -> None:
    """Write the three files."""
    style, script = html.sources()
    html.PAGE.mkdir(exist_ok=True)
    for name, kind, text in (
        ("script.js", "application/javascript", script),
        ("style.css", "text/css", style),
    ):
        (html.PAGE / name).write_text(minify.string(kind, text), encoding="utf-8", newline="\n")
    (html.PAGE / "sources.txt").write_text(html.sources_digest() + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
