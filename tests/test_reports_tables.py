"""Tables for other programs, and what the terminal prints."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import pyarrow as pa
import pytest
import synthetic_run as synthetic
from attacks import ATTACKS
from rich.console import Console

from dedupe.errors import DedupeError
from dedupe.records import TABLES, Document
from dedupe.reports import tables, terminal
from dedupe.runs import Run, write_jsonl, write_table, write_text

RUN = synthetic.build()
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def run(tmp_path):
    for name, table in RUN.items():
        write_table(table, tmp_path / f"{name}.parquet")
    write_jsonl(synthetic.REJECTED, tmp_path / "rejected.jsonl")
    write_text(json.dumps(synthetic.meta()), tmp_path / "run.json")
    return Run(tmp_path, synthetic.meta())


def test_csv_reads_back():
    rows = list(csv.DictReader(io.StringIO(tables.as_csv(RUN["matrix"]))))
    assert [(row["outlet"], row["class"], int(row["words"])) for row in rows] == [
        (row["outlet"], row["class"], row["words"]) for row in RUN["matrix"].to_pylist()
    ]


def test_no_csv_cell_starts_a_formula():
    table = pa.table(
        {"text": ATTACKS, "list": [[attack] for attack in ATTACKS], "number": [-1.5] * len(ATTACKS)}
    )
    rows = list(csv.reader(io.StringIO(tables.as_csv(table))))
    assert len(rows) == len(ATTACKS) + 1
    assert not [row for row in rows if row[0].startswith(FORMULA) or row[1].startswith(FORMULA)]
    assert {row[2] for row in rows[1:]} == {"-1.5"}
    assert [row[0].removeprefix("'") for row in rows[1:]] == [a.removeprefix("'") for a in ATTACKS]


def test_xlsx_has_every_table_and_no_formula(run):
    documents = RUN["documents"].to_pylist()
    for n, row in enumerate(documents):
        row["outlet"], row["title"] = ATTACKS[n], "=" + ATTACKS[-n] * 3000
    write_table(pa.Table.from_pylist(documents, schema=TABLES["documents"]), run.path / "documents.parquet")
    path = tables.write(run, None, form="xlsx", names=synthetic.NAMES)
    with zipfile.ZipFile(path) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(TABLES) + 2
        for name in sheets:
            root = ElementTree.fromstring(book.read(name))
            assert root.findall(".//{*}f") == []
            assert not [
                cell.text for cell in root.findall(".//{*}is/{*}t") if (cell.text or "").startswith(FORMULA)
            ]
        shared = book.read("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in book.namelist() else b"<x/>"
        assert not [
            cell.text
            for cell in ElementTree.fromstring(shared).findall(".//{*}t")
            if (cell.text or "").startswith(FORMULA)
        ]
        about = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert "documents" in [cell.text for cell in about.findall(".//{*}is/{*}t")]


def test_xlsx_has_the_same_bytes_twice(run, tmp_path):
    one = tables.write(run, tmp_path / "a.xlsx", form="xlsx", names={}).read_bytes()
    assert one == tables.write(run, tmp_path / "b.xlsx", form="xlsx", names={}).read_bytes()


def test_json_has_every_row(run):
    found = json.loads(tables.write(run, None, form="json", names={}).read_text())
    assert {name: len(rows) for name, rows in found["tables"].items()} == {
        name: table.num_rows for name, table in RUN.items()
    }
    assert found["run"]["counts"]["rejected"] == len(found["rejected"]) == 1


def test_csv_writes_a_file_per_table(run):
    folder = tables.write(run, None, form="csv", names={})
    assert {path.stem for path in folder.iterdir()} == set(TABLES)


def test_markdown_stays_a_table_whatever_the_names(run):
    rows = [
        {**RUN["matrix"].to_pylist()[0], "outlet": attack, "source": attack, "class": "credited"}
        for attack in ATTACKS
    ]
    text = tables.as_markdown(pa.Table.from_pylist(rows, schema=TABLES["matrix"]), {}, "a # title | of <b>")
    for line in text.split("\n"):
        if line.startswith("|"):
            assert len([i for i, c in enumerate(line) if c == "|" and line[i - 1] != "\\"]) in (8, 9)
        assert "<" not in line.replace("\\<", "")
    path = tables.write(run, None, form="markdown", names=synthetic.NAMES)
    assert "| Kabar Kota | Meridian News Agency |  | 0 | 60 | 0 | 57.1% |" in path.read_text()


def test_an_unknown_format_says_what_is_legal(run):
    with pytest.raises(DedupeError, match="html, csv, xlsx, json, markdown"):
        tables.write(run, None, form="pdf", names={})


def printed(call, *args, **options):
    out = io.StringIO()
    call(*args, Console(file=out, **{"width": 80, **options}))
    return out.getvalue()


def test_matrix_off_a_terminal_keeps_a_line_per_outlet():
    text = printed(terminal.print_matrix, RUN["matrix"], synthetic.NAMES)
    line = next(line for line in text.splitlines() if line.startswith("Pulau Daily"))
    assert line.split() == [
        "Pulau",
        "Daily",
        "●",
        "26",
        "◐",
        "11",
        "(via",
        "Hikari",
        "Shimbun",
        "26)",
        "0",
        "0",
        "23",
        "60",
    ]
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [40, 80, 200])
def test_matrix_in_a_terminal_never_loses_a_figure(width):
    text = printed(
        terminal.print_matrix, RUN["matrix"], synthetic.NAMES, width=width, force_terminal=True, no_color=True
    )
    for figure in ("60", "28", "26", "11"):
        assert figure in text
    assert "…" not in text or width < 80


def test_matrix_of_nothing():
    assert "empty" in printed(terminal.print_matrix, RUN["matrix"].slice(0, 0), {})


def test_pair_shows_shared_passages_and_word_changes():
    documents = {row["id"]: row for row in RUN["documents"].to_pylist()}
    matches = [row for row in RUN["matches"].to_pylist() if (row["a"], row["b"]) == ("kota-07", "post-01")]
    text = printed(terminal.print_pair, documents["kota-07"], documents["post-01"], matches, {})
    assert "[1: Engineers closed" in text
    assert "a [-regular-] {+routine+} check found [-12-] {+14+} cracked" in text
    assert "number differs" in text
    coloured = printed(
        terminal.print_pair,
        documents["kota-07"],
        documents["post-01"],
        matches,
        {},
        force_terminal=True,
        color_system="standard",
    )
    assert "\x1b[" in coloured


def test_nothing_hostile_reaches_the_terminal():
    documents = [{"id": a, "outlet": a, "title": a, "text": f"{a} text {a}"} for a in ATTACKS]
    for one in documents:
        match = {
            "a_start": 0,
            "a_stop": 3,
            "b_start": 1,
            "b_stop": 4,
            "kind": "light",
            "score": 0.5,
            "guards": [one["id"]],
        }
        text = printed(terminal.print_pair, one, one, [match], {})
        assert not {"\x1b", "\x9b", "\x07", "\x08", "\u202e"} & set(text)
    rows = [
        {**RUN["matrix"].to_pylist()[0], "outlet": a, "source": a, "via": a, "class": "credited"}
        for a in ATTACKS
    ]
    text = printed(
        terminal.print_matrix, pa.Table.from_pylist(rows, schema=TABLES["matrix"]), {a: a for a in ATTACKS}
    )
    assert not {"\x1b", "\x9b", "\x07", "\x08", "\u202e"} & set(text)


def test_similar_and_comparison():
    text = printed(terminal.print_similar, RUN["pairs"])
    assert "kota-07" in text
    assert "31 words" in text
    assert "No pair" in printed(terminal.print_similar, RUN["pairs"].slice(0, 0))
    a, b = (Document(id=n, outlet=n, text="The harbour opened again.") for n in ("a", "b"))
    passage = {"a_start": 0, "a_stop": 24, "b_start": 0, "b_stop": 24, "kind": "verbatim", "score": 1.0}
    result = {
        "jaccard": 1,
        "minhash": 1,
        "tfidf": 1,
        "a_covered": 1,
        "b_covered": 1,
        "longest_words": 4,
        "passages": [passage],
        "a_from_b": {"contained_spelt": 1, "local": 1},
        "b_from_a": {"contained_spelt": 0.5, "local": 0.25},
    }
    text = printed(terminal.print_comparison, a, b, result)
    assert "longest passage 4 words" in text
    assert "100% of the first's, 50% of the second's; close together: 100%, 25%" in " ".join(text.split())


def test_largest_uncredited_share():
    assert terminal.largest_uncredited(RUN["matrix"]) == pytest.approx(60 / 105)
    assert terminal.largest_uncredited(RUN["matrix"].slice(0, 0)) == 0.0
