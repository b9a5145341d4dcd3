"""The report: one HTML file that works offline, asks for nothing and runs no text of an article.

The page is its style, its script and its data. A strict Content-Security-Policy allows the
one script and the one style by their digests and nothing else, forbids every request, and
(Trusted Types) forbids turning text into markup. Text reaches the page as text nodes only.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedupe.records import Credit, Document
from dedupe.reports.closed import inert, page
from dedupe.reports.pack import pack
from dedupe.reports.pair import pair_tables
from dedupe.reports.private import anonymized, redacted
from dedupe.settings import Report

SCRIPTS = (
    "base", "data", "query", "text", "parts", "matrix", "profile", "pairs", "compare", "article",
    "families", "run", "main",
)  # fmt: skip
ASSETS, PAGE = (Path(__file__).parent / name for name in ("assets", "page"))
"""The readable sources of script and style; what reports carry of them."""
PLAIN_BELOW = 1_000_000
"""Data of fewer characters is embedded as readable JSON, larger data is packed (deflate, base64)."""
BLOCK = 400_000
"""Characters of article text per block; a block is unpacked when one of its texts is needed."""
FORMAT = 1

_NOSCRIPT = {
    "en": "This report needs JavaScript, which this browser has switched off. "
    "The same figures are in matrix.csv and in the Parquet files beside it.",
    "id": "Laporan ini memerlukan JavaScript, yang dimatikan di peramban ini. "
    "Angka yang sama ada di matrix.csv dan di berkas Parquet di sampingnya.",
}


def build(
    tables: Mapping[str, pa.Table],
    meta: Mapping[str, Any],
    rejected: Sequence[Mapping[str, Any]],
    *,
    names: Mapping[str, str],
    title: str,
    redact: bool = False,
    anonymize: bool = False,
    language: str = "en",
    limit: Report | None = None,
) -> str:
    """Return the report of a run as one HTML page; the same input gives the same bytes.

    ``names`` maps source ids to display names; ``language`` is that of the interface at first
    (``en`` or ``id``). ``redact`` leaves out all text of articles (spans and digests stay),
    ``anonymize`` replaces outlets by letters. Beyond ``limit`` the report shows what matters
    most and says how much it leaves out.
    """
    if language not in _NOSCRIPT:
        raise ValueError(f"language {language!r} is none of {', '.join(sorted(_NOSCRIPT))}")
    columns, texts = pack(tables, names, limit or Report())
    index = {
        **columns,
        "format": FORMAT,
        "title": title,
        "language": language,
        "redacted": redact,
        "anonymized": anonymize,
        "meta": dict(meta),
        "rejected": [dict(row) for row in rejected],
    }
    if anonymize:
        index, texts = anonymized(index, texts)
    if redact:
        index, texts = redacted(index, texts)
    return _page(index, texts)


def build_pair(
    first: Document,
    second: Document,
    result: Mapping[str, Any],
    *,
    credits: Mapping[str, Sequence[Credit]] | None = None,
    names: Mapping[str, str] | None = None,
    title: str,
    meta: Mapping[str, Any] | None = None,
    language: str = "en",
) -> str:
    """Return the same page for two articles, ``first.id < second.id``; it opens on their comparison.

    ``result`` is the object of ``dedupe compare --json``; ``credits`` are those of each document.
    """
    tables = pair_tables(first, second, result, credits)
    return build(
        tables, {**(meta or {}), "pair": True}, [], names=names or {}, title=title, language=language
    )


def _page(index: dict[str, Any], texts: list[str]) -> str:
    bounds = _bounds(texts)
    index["blocks"] = bounds
    parts: list[Any] = [index, *(texts[a:b] for a, b in zip(bounds, [*bounds[1:], len(texts)], strict=True))]
    style, script, strings = assets()
    words = _packed("strings", base64.b64decode(strings))
    noscript = f'<div id="app"><noscript><p>{_NOSCRIPT[index["language"]]}</p></noscript></div>'
    return page(
        title=index["title"],
        style=style,
        script=script,
        body="\n".join([noscript, words, *_blocks(parts)]),
        language=index["language"],
    )


@cache
def assets() -> tuple[str, str, str]:
    """Return style, script and packed words of the page, as ``dedupe/reports/build_page.py`` wrote them."""
    style, script, strings = (
        (PAGE / name).read_text(encoding="utf-8") for name in ("style.css", "script.js", "strings.txt")
    )
    return style, script, strings


def sources() -> tuple[str, str, str]:
    """Return the readable style and script, and the words as JSON, that the page's are made from."""
    script = "\n".join(_asset(f"{name}.js") for name in SCRIPTS)
    strings = _json(json.loads(_asset("strings.json")))
    return _asset("style.css"), f'"use strict";(() => {{\n{script}\n}})();', strings


def sources_digest() -> str:
    """Return the SHA-256 of the sources, as hexadecimal digits."""
    return hashlib.sha256("\0".join(sources()).encode()).hexdigest()


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _bounds(texts: Sequence[str]) -> list[int]:
    """Return the first document of each block of texts."""
    bounds, size = [0], 0
    for index, text in enumerate(texts):
        if size and size + len(text) > BLOCK:
            bounds.append(index)
            size = 0
        size += len(text)
    return bounds


def _blocks(parts: Sequence[Any]) -> list[str]:
    """Return script elements that hold the data."""
    raw = [_sound(_json(part)) for part in parts]
    plain = sum(map(len, raw)) < PLAIN_BELOW
    return [_block(str(index), text, plain) for index, text in enumerate(raw)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _block(name: str, text: str, plain: bool) -> str:
    """Return JSON as a script element that runs nothing, as it stands or packed."""
    if plain:
        return f'<script type="application/json" id="data-{name}">{inert(text)}</script>'
    squeeze = zlib.compressobj(5, zlib.DEFLATED, -15)  # 6 takes twice as long for two hundredths less
    return _packed(name, squeeze.compress(text.encode()) + squeeze.flush())


def _packed(name: str, deflated: bytes) -> str:
    size = len(zlib.decompress(deflated, -15))
    packed = base64.b64encode(deflated).decode()
    return f'<script type="application/octet-stream" id="data-{name}" data-size="{size}">{packed}</script>'


def _sound(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
