"""The report's own inflate against zlib, and a report in a browser that reads no base64 by itself."""

from __future__ import annotations

import base64
import random
import zlib

import pytest
import synthetic_run as synthetic
from playwright.sync_api import expect

from dedupe.reports import html

STRATEGIES = [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE]


def _inputs() -> list[bytes]:
    rng = random.Random(5)
    words = [bytes(rng.choices(b"abcdefgh ", k=rng.randint(1, 9))) for _ in range(300)]
    return [
        b"", b"a", bytes(300), bytes(range(256)) * 3, rng.randbytes(70_000), b"".join(rng.choices(words, k=20_000)),
        b"x" * 40_000 + rng.randbytes(200) + b"x" * 40_000, "😀 teks é ".encode() * 500,
    ]  # fmt: skip


def test_inflate_undoes_what_zlib_did(chromium):
    source = (html.ASSETS / "data.js").read_text(encoding="utf-8")
    function = source[source.index("function inflate(") : source.index("function readBlock(")]
    page = chromium.new_page()
    for data in _inputs():
        for level, strategy in [(0, 0), (1, 0), *((9, strategy) for strategy in STRATEGIES)]:
            squeeze = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
            packed = base64.b64encode(squeeze.compress(data) + squeeze.flush()).decode()
            found = page.evaluate(
                f"""([packed, size]) => {{
                    {function}
                    const out = inflate(Uint8Array.from(atob(packed), (c) => c.charCodeAt(0)), size);
                    let text = '';
                    for (const byte of out) text += String.fromCharCode(byte);
                    return btoa(text);
                }}""",
                [packed, len(data)],
            )
            assert base64.b64decode(found) == data, (level, strategy, len(data))
    page.close()


def test_packed_data_in_a_browser_without_base64(open_report, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(html, "PLAIN_BELOW", 10)
    monkeypatch.setattr(html, "BLOCK", 300)
    page = html.build(synthetic.build(), synthetic.meta(), [], names=synthetic.NAMES, title="t")
    watched = open_report(page)
    watched.page.add_init_script("delete Uint8Array.fromBase64")
    for address in ("#/matrix", "#/compare/kota-07/post-01", "#/article/suara-4"):
        watched.page.goto("about:blank")
        watched.go(address)
        expect(watched.page.locator("main h1")).to_have_count(1)
    assert "🏔️ Winter report." in watched.page.locator(".ledger").inner_text()
