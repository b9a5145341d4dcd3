"""Every view, key, link and control of the report, in a real browser."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import quote

import pytest
import synthetic_run as synthetic
from playwright.sync_api import expect

from dedupe.records import Document
from dedupe.reports.html import build, build_pair
from dedupe.settings import Report

VIEWS = [
    "#/matrix", "#/matrix?q=uncredited", "#/outlet/Kabar%20Kota", "#/outlet/Meridian%20News%20Agency", "#/source/meridian",
    "#/source/hikari", "#/pairs", "#/pairs?min=0.8", "#/compare/kota-07/post-01", "#/compare/kota-07/post-01?third=wire-001",
    "#/pairs?below=1", "#/compare/kota-07/post-01?below=1", "#/article/pulau-11", "#/article/kota-07?at=300", "#/article/wire-001", "#/families", "#/family/kota-07%3A42-224", "#/run",
    "#/article/nothing",
]  # fmt: skip


@pytest.fixture(scope="module")
def html():
    return build(
        synthetic.build(), synthetic.meta(), synthetic.REJECTED, names=synthetic.NAMES, title="Varda bridge"
    )


def test_every_view_has_its_own_address(open_report, html):
    watched = open_report(html)
    for address in VIEWS:
        watched.go(address)
        expect(watched.page.locator("main h1")).to_have_count(1)
        assert "failed" not in watched.page.locator("main h1").inner_text(), address
        assert watched.page.evaluate("location.hash").startswith(address.split("?")[0])


def test_a_newcomer_sees_who_used_an_agency_without_credit(open_report, html):
    page = open_report(html).page
    first = page.locator(".findings").inner_text()
    assert "Meridian News Agency text, no credit found" in first
    assert first.index("Kabar Kota") < first.index("Suara Utara")
    assert "60 words" in first


def test_a_cell_filters_evidence_pairs_and_families(open_report, html):
    page = open_report(html, "#/matrix").page
    page.get_by_role("link", name="Kabar Kota, Meridian News Agency").click()
    expect(page.locator(".stretch")).to_have_count(2)
    page.get_by_role("link", name="Pairs", exact=True).click()
    expect(page.locator("#effect")).to_have_text("4 pairs.")
    page.get_by_role("link", name="Families", exact=True).click()
    expect(page.locator(".effect")).to_have_text("2 of 4 families")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".effect")).to_have_text("4 of 4 families")


def test_matrix_sorts_filters_and_saves(open_report, html):
    page = open_report(html, "#/matrix").page
    page.locator("#sort").select_option("name")
    names = page.locator(".matrix tbody th").all_inner_texts()
    assert names == sorted(names)
    page.locator("#rows").fill("teluk")
    assert page.locator(".matrix tbody tr").count() == 1
    page.locator("#rows").fill("polar")
    assert page.locator(".matrix tbody tr").count() == 2
    page.locator("#rows").fill("")
    page.get_by_label("% of the outlet").check()
    assert "%" in page.locator(".matrix .cell").first.inner_text()
    page.get_by_role("checkbox", name="no credit found").uncheck()
    assert page.locator(".matrix .figure.uncredited").count() == 0
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV of this view").click()
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text(encoding="utf-8-sig"))))
    assert {row["class"] for row in rows} == {"credited", "claimed", "shared", "boilerplate", "own"}
    assert sum(int(row["words"]) for row in rows if row["outlet"] == "Teluk Post") == 96


QUERIES = [
    ("", 11), ("ferry", 10), ("ferry night", 7), ('"extra night"', 7), ('"night extra"', 0), ("-ferry", 1), ("uncredited", 8),
    ("kind:translated", 4), ("kind:reworded score>0.6", 0), ("outlet:kota", 4), ('outlet:kota outlet:"Teluk Post"', 1),
    ("outlet:kota credited", 0), ("outlet:warta credited", 4), ("source:polar", 1), ("via:hikari", 1), ("guard:negation", 1),
    ("words>60", 1), ("date>=2024-03-05", 9), ("lang:id", 4), ("-lang:id", 7), ("members>4", 10), ("doc:post-01", 4),
    ("class:shared", 1), ("channel:shingles", 11), ("covered>80%", 4), ("media:kota", 4), ("nosuch:thing", 0), ("score>=1", 4),
]  # fmt: skip


def test_search_finds_by_words_and_conditions(open_report, html):
    watched = open_report(html)
    found = []
    for query, _ in QUERIES:
        watched.go("#/pairs?q=" + quote(query))
        found.append((query, int(watched.page.locator(".pairs").get_attribute("aria-rowcount")) - 1))
    assert found == QUERIES


def test_an_unknown_condition_is_said(open_report, html):
    page = open_report(html, "#/pairs?q=nosuch:thing").page
    assert "no condition “nosuch”" in page.locator("#chips").inner_text()


def test_slider_refilters_and_says_what_changes(open_report, html):
    page = open_report(html, "#/pairs").page
    slider = page.get_by_role("slider", name="Least score")
    slider.focus()
    page.evaluate(
        "const s = document.getElementById('least'); s.value = '0.95'; s.dispatchEvent(new Event('input'))"
    )
    assert page.locator(".pair").count() == 4
    said = page.locator("#effect").inner_text()
    assert said.startswith("4 pairs of 11 at 0.95 or more; hidden: 7")
    expect(page).to_have_url(re.compile("min=0.95"))
    page.evaluate(
        "const s = document.getElementById('least'); s.value = '0'; s.dispatchEvent(new Event('input'))"
    )
    assert page.locator(".pair").count() == 11


def test_below_the_cut_is_listed_counted_and_compared(open_report):
    tables = synthetic.build()
    rows = tables["candidates"].to_pylist()
    ids = ("pulau-12", "suara-4")  # two articles that share nothing
    rows.append({**rows[0], "a": ids[0], "a_start": 4, "a_stop": 30, "b": ids[1], "b_start": 20, "b_stop": 60,
                 "kind": "reworded", "score": 0.47, "a_words": 4, "b_words": 6, "guards": [], "accepted": False})  # fmt: skip
    tables["candidates"] = tables["candidates"].from_pylist(rows, schema=tables["candidates"].schema)
    pairs = tables["pairs"].to_pylist()
    pairs.append({**pairs[0], "a": ids[0], "b": ids[1], "passages": 0, "longest_words": 0, "a_covered": 0.0})
    tables["pairs"] = tables["pairs"].from_pylist(pairs, schema=tables["pairs"].schema)
    html = build(tables, synthetic.meta(), [], names=synthetic.NAMES, title="t", limit=Report(candidates=8))
    watched = open_report(html, "#/pairs?min=0.45")
    page = watched.page
    assert page.locator("#added").inner_text() == (
        "A lower cut could add passages in 1 pair at 0.45 or more, 1 of them with no shared passage so far."
    )
    page.get_by_role("radio", name="below the cut 8").check()
    expect(page).to_have_url(re.compile("below=1"))
    assert page.locator("#effect").inner_text().startswith("1 pair of 8 at 0.45 or more; hidden: 7")
    page.evaluate(
        "const s = document.getElementById('least'); s.value = '0'; s.dispatchEvent(new Event('input'))"
    )
    assert page.locator(".pair").count() == 8
    assert re.search(r"\d+ of 16 candidates", page.locator("main").inner_text())  # what the report leaves out
    page.locator("#search").fill("boat")
    assert page.locator(".pair").count() == 1
    page.locator(".pair a").click()
    expect(page).to_have_url(re.compile("#/compare/pulau-12/suara-4.*below=1"))
    assert "No passage of these two was accepted" in page.locator("main").inner_text()
    assert page.locator(".pane .turned-down").count() >= 2
    watched.go("#/compare/kota-07/post-01")
    assert page.locator(".pane .turned-down").count() == 0
    page.get_by_role("button", name="candidate").click()
    assert page.locator(".pane .turned-down").count() >= 2
    assert "below the cut" in page.locator(".passages").inner_text()


def test_pairs_sort(open_report, html):
    page = open_report(html, "#/pairs").page
    page.locator("#sort").select_option("date")
    assert "11 Feb 2024" in page.locator(".pair").first.inner_text()
    page.locator("#sort").select_option("b")
    assert "94%" in page.locator(".pair").first.inner_text()


def test_keys(open_report, html):
    page = open_report(html, "#/matrix").page
    page.keyboard.press("2")
    expect(page.locator("main h1")).to_have_text("Pairs of articles")
    for key in "jjjk":
        page.keyboard.press(key)
    assert page.locator(".pair.selected").get_attribute("data-item") == "1"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#/compare/kota-07/post-01"))
    page.keyboard.press("n")
    assert page.locator(".passage.lit").count() >= 2
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("p=2"))
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("p=1"))
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("#/compare/kota-07/wire-001"))
    page.keyboard.press("u")
    expect(page.locator("main h1")).to_have_text("Pairs of articles")
    page.keyboard.press("/")
    page.keyboard.type("ferry n")
    expect(page.locator("#chips")).to_contain_text("ferry")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    page.keyboard.press("d")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.keyboard.press("l")
    assert page.evaluate("document.documentElement.lang") == "id"
    page.keyboard.press("3")
    expect(page.locator("main h1")).to_have_text("Keluarga bagian teks")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("Satu bagian")
    page.keyboard.press("4")
    page.keyboard.press("1")
    expect(page.locator("main h1")).to_have_text("Siapa mencetak teks siapa")


def test_tab_goes_from_a_passage_to_its_partner(open_report, html):
    page = open_report(html, "#/compare/kota-07/post-01").page
    page.locator('.pane .tag[data-passage="0"][data-side="0"]').focus()
    places = []
    for _ in range(4):
        places.append(
            page.evaluate("[document.activeElement.dataset.passage, document.activeElement.dataset.side]")
        )
        page.keyboard.press("Tab")
    assert places == [["0", "0"], ["0", "1"], ["1", "0"], ["1", "1"]]
    page.keyboard.press("Shift+Tab")


def test_hovering_scrolls_the_partner_into_view(open_report):
    docs = synthetic.documents()
    filler = [("own", "Quiet sentences about nothing fill the page. " * 120 + "\n\n")]
    for doc in docs:
        if doc.id == "post-01":
            doc.parts[:0] = filler
    html = build(synthetic.build(docs), synthetic.meta(), [], names=synthetic.NAMES, title="t")
    page = open_report(html, "#/compare/kota-07/post-01").page
    before = page.evaluate("document.querySelectorAll('.scroller')[1].scrollTop")
    page.locator('.pane[data-side="0"] .passage').first.hover()
    expect(page.locator('.pane[data-side="1"] .passage').first).to_be_in_viewport()
    assert before == 0


def test_compare_marks_word_changes_guards_credits_and_origin(open_report, html):
    page = open_report(html, "#/compare/kota-07/post-01").page
    assert page.locator('.pane[data-side="0"] .changed').all_inner_texts() == ["regular", "12"]
    assert page.locator('.pane[data-side="1"] .changed').all_inner_texts() == ["routine", "14"]
    assert page.locator(".number-changed").count() >= 2
    assert page.locator(".credit.role-credit").inner_text() == "Meridian News Agency"
    assert "a number differs" in page.locator(".passages").inner_text()
    assert "Origin: Meridian News Agency" in page.locator(".why").inner_text()
    page.get_by_role("button", name="wire-001").click()
    assert page.locator(".pane").count() == 3
    assert page.locator('.pane[data-side="2"] .passage').count() >= 2


def test_article_ledger_adds_up(open_report, html):
    page = open_report(html, "#/article/kota-07").page
    assert page.locator(".shares").inner_text().split("\n") == [
        "○ no credit found 57% 60",
        "◇ shared 29% 30",
        "· own words 14% 15",
    ]
    widths = page.eval_on_selector_all(
        ".bar.tall .fill", "nodes => nodes.map((n) => parseFloat(n.style.width))"
    )
    assert sum(widths) == pytest.approx(100, abs=0.1)
    page.locator(".ledger .stretch-text").first.click()
    assert "Meridian News Agency" in page.locator("#detail").inner_text()
    expect(page).to_have_url(re.compile("at="))


def test_everything_is_translated(open_report, html):
    page = open_report(html, "#/matrix").page
    page.get_by_role("button", name="Bahasa Indonesia").click()
    seen = {
        address: page.evaluate(
            "(a) => { location.hash = a; return new Promise((r) => setTimeout(() => r(document.querySelector('main').innerText), 30)); }",
            address,
        )
        for address in VIEWS
    }
    for address, text in seen.items():
        for english in (" words", "credited", "passage", "Sort by", "copies", "Origin"):
            assert english not in text.replace("uncredited", "").replace("source:", ""), (address, english)


def test_no_view_is_wider_than_the_screen(open_report, html):
    watched = open_report(html)
    for address in VIEWS:
        watched.go(address)
        for width in (2200, 1280, 768, 360):
            watched.page.set_viewport_size({"width": width, "height": 800})
            assert watched.page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)


def test_paper_gets_every_line_and_every_text(open_report):
    docs = synthetic.documents()
    for n in range(60):
        docs.append(
            synthetic.Doc(
                f"zz-{n:02d}",
                f"Outlet {n}",
                [
                    ("own", "Opening words. "),
                    ("ferry=shared", synthetic.documents()[2].parts[-1][1]),
                    ("own", " Last words of " + f"zz-{n:02d} ending." + " More." * 400),
                ],
                published="2024-03-07",
            )
        )
    html = build(synthetic.build(docs), synthetic.meta(), [], names=synthetic.NAMES, title="t")
    watched = open_report(html, "#/pairs")
    page = watched.page
    total = page.evaluate("+document.querySelector('.pairs').getAttribute('aria-rowcount') - 1")
    assert total > 1000 > page.locator(".pair").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".pair").count() == total
    watched.go("#/compare/zz-00/zz-01")
    page.emulate_media(media="print")
    heights = page.eval_on_selector_all(
        ".scroller", "nodes => nodes.map((n) => [n.scrollHeight, n.clientHeight])"
    )
    assert all(whole <= seen + 1 for whole, seen in heights)
    assert len(page.pdf()) > 10_000


def test_every_view_prints(open_report, html):
    watched = open_report(html)
    for address in VIEWS:
        watched.go(address)
        assert watched.page.pdf().startswith(b"%PDF"), address


def test_diff_of_two_files(open_report):
    one, two = (
        Document(id=name, outlet=name, text=f"{name} says: the harbour opened again on Monday. End.")
        for name in ("aa", "bb")
    )
    passage = {"a_start": 9, "a_stop": 46, "b_start": 9, "b_stop": 46, "kind": "verbatim", "score": 1.0,
               "a_words": 7, "b_words": 7, "guards": []}  # fmt: skip
    figures = dict.fromkeys(("jaccard", "minhash", "tfidf", "a_covered", "b_covered"), 0.5)
    page = open_report(
        build_pair(one, two, {**figures, "longest_words": 7, "passages": [passage]}, title="two")
    ).page
    expect(page.locator("main h1")).to_have_text("aa ⟷ bb")
    assert page.locator(".pane .passage").all_inner_texts() == ["the harbour opened again on Monday. E"] * 2


def test_redacted_report_has_no_text_but_spans_and_digests(open_report):
    html = build(synthetic.build(), synthetic.meta(), [], names=synthetic.NAMES, title="t", redact=True)
    for words in ("Engineers", "crowns", "ferry", "Jembatan", "No way across"):
        assert words not in html
    page = open_report(html, "#/compare/kota-07/post-01").page
    assert "sha256" in page.locator(".passages").inner_text()
    assert page.locator(".pane .passage").count() >= 4


def test_anonymized_report_names_no_outlet(open_report):
    html = build(
        synthetic.build(),
        synthetic.meta(),
        synthetic.REJECTED,
        names=synthetic.NAMES,
        title="Teluk Post run",
        anonymize=True,
    )
    for name in (
        "Teluk Post",
        "Kabar Kota",
        "Suara Utara",
        "Pulau Daily",
        "Warta Selat",
        "kota-07",
        "teluk-post.example",
        "invented/articles",
    ):
        assert name not in html
    page = open_report(html, "#/matrix").page
    assert page.locator(".matrix tbody th").all_inner_texts() != []
    assert all(len(name) == 1 for name in page.locator(".matrix tbody th").all_inner_texts())
