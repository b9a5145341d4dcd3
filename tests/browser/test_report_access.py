"""The report against WCAG 2.2 AA, as far as axe-core can tell, in both languages, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
import synthetic_run as synthetic

from dedupe.reports.html import build

axe = pytest.importorskip(
    "axe_playwright_python", reason="axe is not installed: pip install axe-playwright-python"
)
AXE = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = [
    "#/matrix", "#/matrix?q=outlet:%22Kabar%20Kota%22%20source:meridian", "#/outlet/Kabar%20Kota", "#/source/polar", "#/pairs?min=0.5", "#/pairs?below=1",
    "#/compare/kota-07/post-01?third=wire-001&below=1", "#/article/kota-07?at=60", "#/article/wire-001", "#/families",
    "#/family/kota-07%3A42-224", "#/run", "#/article/nothing",
]  # fmt: skip


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1366), ("id", "dark", 390)])
def test_axe_finds_no_violation(open_report, language, scheme, width):
    html = build(
        synthetic.build(),
        synthetic.meta(),
        synthetic.REJECTED,
        names=synthetic.NAMES,
        title="Varda bridge",
        language=language,
    )
    viewport = {"width": width, "height": 900}
    watched = open_report(
        html, viewport=viewport, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    found = []
    for address in VIEWS:
        watched.go(address)
        watched.page.evaluate(AXE)
        result = watched.page.evaluate(
            "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS
        )
        found += [
            (
                address,
                v["id"],
                [n["html"][:160] for n in v["nodes"]][:3],
                v["nodes"][0]["failureSummary"][:300],
            )
            for v in result["violations"]
        ]
    watched.page.keyboard.press("?")
    result = watched.page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS
    )
    found += [("help", v["id"], v["nodes"][0]["html"][:160]) for v in result["violations"]]
    assert found == []
