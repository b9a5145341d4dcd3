"""Take the README's pictures from a real report.

    python docs/screenshots.py reports/seeds/report.html

Opens the report in Debian's Chromium (``apt-get install chromium``, ``pip install playwright``)
and writes ``docs/images/{matrix,compare,article,family,dark}.png``. Which pair, article and
family are shown is chosen by rule from the report's own data, so a new run needs no edits.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none"]

# The pair: a dispatch is known, one side credits and the other does not, most words shared, same language.
# The family: its source is known, most outlets. The article: most classes, then most words.
CHOOSE = """() => {
  const D = JSON.parse(document.getElementById('data-0').textContent);
  const at = (counts) => counts.reduce((sums, n) => (sums.push(sums[sums.length - 1] + n), sums), [0]);
  const ledgerAt = at(D.ledger.n), familyAt = at(D.families.n), matchAt = at(D.pairs.n);
  const classes = (d) => new Set(D.ledger.class.slice(ledgerAt[d], ledgerAt[d + 1]));
  const best = (list, value) => list.reduce((x, y) => value(y) > value(x) ? y : x);
  const all = (n) => Array.from({length: n}, (_, i) => i);
  const words = (p) => D.matches.a_words.slice(matchAt[p], matchAt[p + 1]).reduce((x, y) => x + y, 0);
  const [credited, uncredited] = [D.classes.indexOf('credited'), D.classes.indexOf('uncredited')];
  const side = (p, d) => new Set(all(D.ledger.n[d]).map((n) => ledgerAt[d] + n)
    .filter((r) => D.matches.family.slice(matchAt[p], matchAt[p + 1]).includes(D.ledger.family[r]))
    .map((r) => D.ledger.class[r]));
  const pair = best(all(D.pairs.a.length), (p) => {
    const [a, b] = [D.pairs.a[p], D.pairs.b[p]];
    if (D.documents.wire[a] || D.documents.wire[b]) return 0;
    if (D.documents.language[a] !== D.documents.language[b]) return 0;
    const one = side(p, a), two = side(p, b);
    const mixed = (one.has(credited) && two.has(uncredited)) || (one.has(uncredited) && two.has(credited));
    return words(p) + (mixed ? 10_000 : 0) + 500 * Math.min(3, D.pairs.n[p]);
  });
  const article = best(all(D.documents.id.length).filter((d) => !D.documents.wire[d]),
    (d) => 1000 * classes(d).size + D.documents.words[d]);
  const family = best(all(D.families.name.length), (f) => D.families.source[f] < 0 ? 0 :
    new Set(D.families.document.slice(familyAt[f], familyAt[f + 1]).map((d) => D.documents.outlet[d])).size);
  const id = (d) => encodeURIComponent(D.documents.id[d]);
  return {
    compare: `#/compare/${id(D.pairs.a[pair])}/${id(D.pairs.b[pair])}`,
    article: `#/article/${id(article)}`,
    family: `#/family/${encodeURIComponent(D.families.name[family])}`,
  };
}"""


def main(report: Path) -> None:
    """Write the pictures of one report."""
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = _open(browser, report, "#/matrix", "light", 1000)
        addresses: dict[str, str] = page.evaluate(CHOOSE)
        for name, address, scheme, height in (
            ("matrix", "#/matrix", "light", 1180),
            ("compare", addresses["compare"], "light", 900),
            ("article", addresses["article"], "light", 820),
            ("family", addresses["family"], "light", 960),
            ("dark", addresses["compare"], "dark", 900),
        ):
            page = _open(browser, report, address, scheme, height)
            page.screenshot(path=IMAGES / f"{name}.png")
            print(f"{IMAGES / name}.png  {address}")
        browser.close()


def _open(browser: Any, report: Path, address: str, scheme: str, height: int) -> Any:
    page = browser.new_context(
        viewport={"width": 1400, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    ).new_page()
    page.goto(report.resolve().as_uri() + address)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.wait_for_timeout(150)
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "reports/seeds/report.html"))
