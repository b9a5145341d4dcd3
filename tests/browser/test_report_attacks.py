"""Hostile text in every field that is shown: nothing runs, nothing is asked for, every mark is in its place."""

from __future__ import annotations

import pytest
import synthetic_run as synthetic
from attacks import ATTACKS

from dedupe.reports.html import build

FAMILIES = len(ATTACKS) // 2


def _passage(n: int) -> str:
    return f"{ATTACKS[2 * n]} nine words of a passage in two texts 😀 {ATTACKS[2 * n + 1]}"


def _documents() -> list[synthetic.Doc]:
    docs = []
    for n in range(2 * FAMILIES):
        attack, family = ATTACKS[n], n // 2
        label = f"f{family}=" + ("credited>" + ATTACKS[n] if n % 2 else "uncredited")
        parts = [
            ("own", f"🏳️‍🌈 {attack} opening {attack}"),
            ("own", " then "),
            (label, _passage(family)),
            ("own", f" closing {attack}"),
        ]
        credits = [("opening", (ATTACKS[2 * family], ATTACKS[2 * family + 1]), "credit", "own")]
        docs.append(
            synthetic.Doc(
                f"{attack}\u241f{n}",
                attack,
                parts,
                title=attack,
                url=attack,
                published=attack if n % 3 else "2024-03-04",
                language="en",
                credits=credits,
            )
        )
    return docs


@pytest.fixture(scope="module")
def hostile():
    for n in range(FAMILIES):
        synthetic.FAMILIES[f"f{n}"] = (ATTACKS[2 * n], 0.9, "credits")
    try:
        tables = synthetic.build(_documents())
    finally:
        for n in range(FAMILIES):
            del synthetic.FAMILIES[f"f{n}"]
    columns = tables["origins"].to_pylist()
    for n, row in enumerate(columns):
        row["direction"] = ATTACKS[n]
        for item in row["evidence"]:
            item["note"] = item["kind"] = ATTACKS[n]
    tables["origins"] = tables["origins"].from_pylist(columns, schema=tables["origins"].schema)
    meta = {
        "settings": {a: {a: a} for a in ATTACKS},
        "inputs": dict.fromkeys(ATTACKS, "0"),
        "versions": dict.fromkeys(ATTACKS, "0"),
        "notes": ATTACKS,
        "stages": [{"name": a} for a in ATTACKS],
        "channels": ATTACKS,
        "created": ATTACKS[0],
        "\ud800lone": "\udfff",
    }
    rejected = [{"where": a, "reason": a} for a in ATTACKS]
    names = {a: a for a in ATTACKS}
    return build(tables, meta, rejected, names=names, title="</title><script>window.__broken=1</script>")


SURFACE = """
window.surface = (nodes) => nodes.map((node) => {
  const copy = node.cloneNode(true);
  copy.querySelectorAll('.tag, .credit-note').forEach((extra) => extra.remove());
  copy.querySelectorAll('.control').forEach((control) => control.replaceWith(String.fromCharCode(parseInt(control.dataset.char, 16))));
  return copy.textContent;
}).join('');
window.wrong = () => {
  if (window.__broken) return 'code ran';
  const known = new Set(['HTML','HEAD','META','LINK','TITLE','STYLE','BODY','SCRIPT','DIV','A','HEADER','P','BDI','SPAN','NAV','FORM','LABEL','INPUT','BUTTON','MAIN','H1','H2','H3','UL','OL','LI','STRONG','FOOTER','DIALOG','TABLE','CAPTION','THEAD','TBODY','TR','TH','TD','SECTION','FIELDSET','LEGEND','SELECT','OPTION','FIGURE','FIGCAPTION','SVG','PATH','G','RECT','TEXT','CIRCLE','LINE','Q','ARTICLE','ASIDE','BLOCKQUOTE','DL','DT','DD','CODE','OUTPUT','TSPAN','NOSCRIPT','KBD','PRE']);
  for (const node of document.querySelectorAll('*')) {
    if (!known.has(node.tagName.toUpperCase())) return 'element ' + node.tagName;
    for (const { name, value } of node.attributes) {
      if (/^on/i.test(name) || name === 'style' && /url/i.test(value)) return 'attribute ' + name;
      if (/^(href|src|action|formaction|xlink:href|data|srcset)$/i.test(name) && node.tagName !== 'LINK' && !/^(#|https?:\\/\\/)/i.test(value)) return name + ' ' + value;
    }
  }
  if (document.querySelectorAll('script').length !== 3 + document.querySelectorAll('script[type="application/octet-stream"]').length && document.querySelectorAll('script:not([type])').length !== 1) return 'scripts';
  return document.querySelector('main h1').textContent.startsWith('This view failed') ? document.querySelector('main').textContent : '';
};
window.show = (address) => { history.pushState(null, '', address); dispatchEvent(new HashChangeEvent('hashchange')); };
"""


def _check(page, addresses, expected=None):
    return page.evaluate(
        """([addresses, expected]) => addresses.map((address, n) => {
            show(address);
            const bad = wrong();
            if (bad) return [address, bad];
            if (!expected) return null;
            for (const side of document.querySelectorAll('.pane, .ledger')) {
              const found = surface([...side.querySelectorAll('.passage, .stretch-text')]);
              if (found !== expected[n]) return [address, found, expected[n]];
            }
            return null;
        }).filter(Boolean)""",
        [addresses, expected],
    )


def _address(view: str, *args: str) -> str:
    from urllib.parse import quote

    return "#/" + "/".join([view, *(quote(arg, safe="") for arg in args)])


def test_there_are_enough_attacks():
    assert len(set(ATTACKS)) >= 200


def test_nothing_runs_and_every_mark_is_in_its_place(open_report, hostile):
    watched = open_report(hostile)
    page = watched.page
    page.evaluate(SURFACE)
    docs = _documents()
    pairs = [
        sorted((docs[2 * n].id, docs[2 * n + 1].id))
        for n in range(FAMILIES)
        if docs[2 * n].outlet != docs[2 * n + 1].outlet
    ]
    texts = [_passage(n).strip() for n in range(FAMILIES) if docs[2 * n].outlet != docs[2 * n + 1].outlet]
    assert _check(page, [_address("compare", *pair) for pair in pairs], texts) == []
    assert (
        _check(
            page,
            [_address("article", doc.id) for doc in docs],
            [_passage(n // 2).strip() for n in range(len(docs))],
        )
        == []
    )


def test_nothing_runs_in_any_other_view(open_report, hostile):
    page = open_report(hostile).page
    page.evaluate(SURFACE)
    lists = [
        "#/matrix?all=1",
        "#/pairs",
        "#/pairs?below=1",
        "#/families",
        "#/run",
        "#/matrix?all=1&q=credited",
    ]
    assert _check(page, lists) == []
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("wrong()") == ""
    assert _check(page, [_address("outlet", attack) for attack in ATTACKS]) == []
    assert _check(page, [_address("source", attack) for attack in ATTACKS]) == []
    assert (
        _check(page, [f"#/pairs?q={address[2:]}" for address in (_address("", attack) for attack in ATTACKS)])
        == []
    )
    names = page.evaluate(
        "(show('#/families'), [...document.querySelectorAll('a.family')].map((a) => a.getAttribute('href')))"
    )
    assert len(names) >= 25
    assert _check(page, names) == []


def test_hostile_addresses_do_no_harm(open_report):
    page = open_report(build(synthetic.build(), {}, [], names={}, title="t")).page
    page.evaluate(SURFACE)
    assert (
        _check(page, ["#/" + attack for attack in ATTACKS] + ["#/article/" + attack for attack in ATTACKS])
        == []
    )
