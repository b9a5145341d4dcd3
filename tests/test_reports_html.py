"""The report's page as a string: deterministic, closed, complete."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import runpy
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import synthetic_run as synthetic
from attacks import ATTACKS
from hypothesis import given
from hypothesis import strategies as st

from dedupe.records import LEDGER_CLASSES, MATCH_KINDS, Document
from dedupe.reports import html
from dedupe.reports.columns import Utf16
from dedupe.reports.flow import flow
from dedupe.reports.pack import ROLES, pack
from dedupe.reports.pair import pair_tables
from dedupe.reports.pairs import GUARDS
from dedupe.reports.private import redacted
from dedupe.reports.select import documents_to_show, rank_within
from dedupe.settings import Report

TABLES = synthetic.build()


def build(tables=None, **options):
    return html.build(
        tables or TABLES,
        synthetic.meta(),
        synthetic.REJECTED,
        names=synthetic.NAMES,
        title="Varda <bridge>",
        **options,
    )


def block(page, number=0):
    kind, text = re.search(
        rf'<script type="([^"]+)" id="data-{number}"[^>]*>(.*?)</script>', page, re.DOTALL
    ).groups()
    return json.loads(text if kind == "application/json" else zlib.decompress(base64.b64decode(text), -15))


def test_same_input_same_bytes_whatever_the_order_of_rows():
    rng = np.random.default_rng(3)
    shuffled = {
        name: table.take(pa.array(rng.permutation(table.num_rows)))
        for name, table in TABLES.items()
        if name in ("documents", "pairs", "families", "origins")
    }
    assert build() == build() == build({**TABLES, **shuffled})


def test_the_policy_allows_just_the_one_script_and_style():
    page = build()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1)
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert (len(script), len(style)) == (1, 1)
    for code in (*script, *style):
        assert "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_the_page_names_nothing_to_load():
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", build(), flags=re.DOTALL)
    assert re.findall(r'(?:src|href|action)="([^"]*)"', markup) == ["data:,"]
    assert "<title>Varda &lt;bridge&gt;</title>" in build()


def test_code_is_small():
    """All that the page holds beside its data: markup, style, script and the words of both languages."""
    data = re.compile(r'<script type="[^"]+" id="data-\d+"[^>]*>.*?</script>', re.DOTALL)
    for tables in (TABLES, synthetic.build([])):
        code, blocks = data.subn("", build(tables))
        assert blocks >= 2
        assert 50_000 < len(code.encode()) <= 100_000


def test_what_reports_carry_is_made_from_the_sources():
    recorded = (html.PAGE / "sources.txt").read_text().strip()
    assert recorded == html.sources_digest(), "run python dedupe/reports/build_page.py"
    for tool in ("minify", "zopfli"):
        pytest.importorskip(tool, reason="pip install tdewolff-minify==2.24.12 zopfli==0.4.3")
    made = runpy.run_path(str(Path(__file__).parents[1] / "dedupe" / "reports" / "build_page.py"))["page"]()
    assert made == {path.name: path.read_text(encoding="utf-8") for path in html.PAGE.iterdir()}


def test_script_never_turns_text_into_markup():
    script = html.assets()[1]
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
        "setHTML",
        "srcdoc",
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        "import(",
    ):
        assert word not in script


def test_every_text_of_the_interface_is_in_both_languages():
    strings = json.loads(html._asset("strings.json"))
    used = set()
    for name in html.SCRIPTS:
        source = html._asset(f"{name}.js")
        used |= set(re.findall(r'\bt\("((?:[^"\\]|\\.)*)"[,)]', source))
        used |= {f"{key}#" for key in re.findall(r'\bplural\([^"\n]*?"([\w.]+)"\)', source)}
    used |= {*LEDGER_CLASSES, *MATCH_KINDS, *(f"{name}.meaning" for name in (*LEDGER_CLASSES, *MATCH_KINDS))}
    used |= {*(f"guard.{name}" for name in GUARDS), *ROLES}
    assert used - set(strings["id"]) == set()
    for key, text in strings["en"].items():
        other = strings["id"].get(key) or strings["id"][key.removesuffix("1")]  # one form for one and many
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", other)), key


@pytest.mark.parametrize("attack", [a for a in ATTACKS if "script" in a.lower() or "<" in a][:60])
def test_no_text_ends_a_data_block(attack):
    doc = synthetic.Doc("d", attack, [("own", attack)], title=attack)
    page = html.build(
        synthetic.build([doc]), {"note": attack}, [{"where": attack}], names={attack: attack}, title=attack
    )
    assert page.count("</script") == 1 + 1 + 2  # strings, the script, the index and one block of texts
    assert block(page)["documents"]["title"] == [attack]
    assert block(page, 1) == [attack]


def test_large_data_is_packed_and_reads_back(monkeypatch):
    plain = build()
    monkeypatch.setattr(html, "PLAIN_BELOW", 10)
    monkeypatch.setattr(html, "BLOCK", 300)
    packed = build()
    index = block(packed)
    texts = [text for n in range(len(index["blocks"])) for text in block(packed, n + 1)]
    assert texts == block(plain, 1)
    assert {**index, "blocks": 0} == {**block(plain), "blocks": 0}


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.randoms())
def test_offsets_become_utf16(texts, random):
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    documents = [random.randrange(len(texts)) for _ in range(20)]
    offsets = [random.randint(0, len(texts[d])) for d in documents]
    found = Utf16(texts)(np.array(documents), np.array(offsets))
    assert found.tolist() == [
        len(texts[d][:o].encode("utf-16-le")) // 2 for d, o in zip(documents, offsets, strict=True)
    ]


def test_every_span_quotes_the_same_words_as_the_tables():
    columns, texts = pack(TABLES, synthetic.NAMES, Report())
    place = {name: n for n, name in enumerate(columns["documents"]["id"])}

    def quote(document, start, length):
        return texts[document].encode("utf-16-le")[2 * start : 2 * (start + length)].decode("utf-16-le")

    original = {row["id"]: row["text"] for row in TABLES["documents"].to_pylist()}
    pairs, matches = columns["pairs"], columns["matches"]
    turned_down = [row for row in TABLES["candidates"].to_pylist() if not row["accepted"]]
    owner = np.repeat(np.arange(len(pairs["a"])), pairs["n"])
    found = sorted(
        (
            columns["documents"]["id"][pairs[side][owner[m]]],
            quote(pairs[side][owner[m]], matches[f"{side}_start"][m], matches[f"{side}_length"][m]),
        )
        for m in range(len(owner))
        for side in "ab"
    )
    assert found == sorted(
        (row[side], original[row[side]][row[f"{side}_start"] : row[f"{side}_stop"]])
        for row in [*TABLES["matches"].to_pylist(), *turned_down]
        for side in "ab"
    )
    assert turned_down
    ledger = columns["ledger"]
    owner = np.repeat(np.arange(len(texts)), ledger["n"])
    found = sorted(
        (int(owner[r]), quote(owner[r], ledger["start"][r], ledger["length"][r])) for r in range(len(owner))
    )
    assert found == sorted(
        (place[row["document"]], original[row["document"]][row["start"] : row["stop"]])
        for row in TABLES["ledger"].to_pylist()
    )


def test_ledger_and_matrix_of_the_page_add_up():
    columns, _ = pack(TABLES, synthetic.NAMES, Report())
    outlets = [
        columns["documents"]["outlet"][d] for d, n in enumerate(columns["ledger"]["n"]) for _ in range(n)
    ]
    words = np.bincount(outlets, columns["ledger"]["words"], len(columns["outlets"]))
    assert (
        words.tolist()
        == np.bincount(
            columns["matrix"]["outlet"], columns["matrix"]["words"], len(columns["outlets"])
        ).tolist()
    )


@pytest.mark.parametrize(
    "limit",
    [
        Report(documents=3, pairs=100),
        Report(documents=100, pairs=2, candidates=4),
        Report(documents=1, pairs=1),
    ],
)
def test_a_limit_is_counted_and_the_matrix_stays_whole(limit):
    columns, texts = pack(TABLES, synthetic.NAMES, limit)
    out = columns["left_out"]
    assert len(texts) + out["documents"] == out["of_documents"] == TABLES["documents"].num_rows
    assert columns["pairs"]["cut"] + out["pairs"] == out["of_pairs"] == TABLES["pairs"].num_rows
    candidates = sum(columns["pairs"]["n"][columns["pairs"]["cut"] :])
    assert candidates + out["candidates"] == out["of_candidates"] == 15
    assert sum(count for _, count in out["outlets"]) == out["documents"]
    assert len(columns["matrix"]["words"]) == TABLES["matrix"].num_rows
    assert len(texts) <= limit.documents
    assert columns["pairs"]["cut"] <= limit.pairs
    assert len(columns["pairs"]["a"]) - columns["pairs"]["cut"] <= limit.candidates
    build(limit=limit)


def test_a_limit_keeps_examples_of_every_source():
    chosen = documents_to_show(dict(TABLES), 4)
    ids = [TABLES["documents"]["id"][int(n)].as_py() for n in chosen]
    sources = {row["source"] for row in TABLES["ledger"].to_pylist() if row["document"] in ids}
    assert {"meridian", "polar"} <= sources


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=30))
def test_rank_within_a_group(rows):
    groups, size = (
        np.array([g for g, _ in rows], dtype=np.int64),
        np.array([s for _, s in rows], dtype=np.int64),
    )
    expected = [
        sum((s2 > s or (s2 == s and j < i)) and g2 == g for j, (g2, s2) in enumerate(rows))
        for i, (g, s) in enumerate(rows)
    ]
    assert rank_within(groups, size).tolist() == expected


def test_flow_carries_the_words_of_the_matrix():
    picture = flow(TABLES["matrix"], synthetic.NAMES)
    sourced = [row for row in TABLES["matrix"].to_pylist() if row["source"]]
    into_outlets = sum(link[3] for link in picture["links"] if picture["nodes"][link[1]][0] == 2)
    assert into_outlets == sum(row["words"] for row in sourced)
    assert all(y >= 0 and y + height <= picture["height"] + 0.2 for _, _, _, y, height, _ in picture["nodes"])


def test_flow_of_many_names_the_rest():
    rows = [
        {
            "outlet": f"o{n}",
            "source": f"s{n % 40}",
            "via": "",
            "class": "credited",
            "words": n + 1,
            "share": 0.1,
            "passages": 1,
            "documents": 1,
        }
        for n in range(60)
    ]
    picture = flow(pa.Table.from_pylist(rows, schema=TABLES["matrix"].schema), {})
    assert picture["others"] == [29, 0, 41]
    assert sum(link[3] for link in picture["links"]) == sum(row["words"] for row in rows)


def test_redaction_keeps_every_span_and_no_letter():
    columns, texts = pack(TABLES, synthetic.NAMES, Report())
    index, masked = redacted(columns, texts)
    assert [len(m.encode("utf-16-le")) for m in masked] == [len(t.encode("utf-16-le")) for t in texts]
    assert set("".join(masked)) <= {"░", "\n"}
    members, place = index["families"], index["families"]["document"][0]
    start = members["start"][0]
    surface = (
        texts[place].encode("utf-16-le")[2 * start : 2 * (start + members["length"][0])].decode("utf-16-le")
    )
    assert members["hash"][0] == hashlib.sha256(surface.encode()).hexdigest()[:16]


def test_an_empty_run_is_a_report_too():
    page = html.build(synthetic.build([]), {}, [], names={}, title="nothing")
    assert block(page)["documents"]["id"] == []


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="none of en, id"):
        build(language="xx")


def test_a_pair_without_a_run():
    a, b = (
        Document(id=name, outlet=name, text=f"{name} says: the harbour opened again on Monday. End.")
        for name in ("aa", "bb")
    )
    passage = {
        "a_start": 9,
        "a_stop": 46,
        "b_start": 9,
        "b_stop": 46,
        "kind": "verbatim",
        "score": 1.0,
        "a_words": 7,
        "b_words": 7,
        "guards": [],
    }
    result = {
        "jaccard": 0.5,
        "minhash": 0.5,
        "tfidf": 0.5,
        "a_covered": 0.7,
        "b_covered": 0.7,
        "longest_words": 7,
        "passages": [passage],
    }
    tables = pair_tables(a, b, result)
    for name in ("aa", "bb"):
        rows = [row for row in tables["ledger"].to_pylist() if row["document"] == name]
        assert sum(row["words"] for row in rows) == 10
        assert [row["class"] for row in rows] == ["own", "shared", "own"]
    page = html.build_pair(a, b, result, title="two")
    assert block(page)["meta"]["pair"] is True
    with pytest.raises(ValueError, match="order"):
        pair_tables(b, a, result)


def test_assets_are_packaged_beside_the_code():
    assert {path.name for path in html.ASSETS.iterdir()} == {
        "strings.json",
        "style.css",
        *(f"{name}.js" for name in html.SCRIPTS),
    }
    assert {path.name for path in html.PAGE.iterdir()} == {
        "script.js",
        "style.css",
        "strings.txt",
        "sources.txt",
    }
