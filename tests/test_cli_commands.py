"""Every command as its user meets it: data on stdout, notes on stderr, exit codes, JSON as documented."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import typer
from command import QUICK, STORY, dedupe_here, records, write_lines

from dedupe.cli import app
from dedupe.records import MATRIX, PAIRS

PASSAGE = ["a_start", "a_stop", "b_start", "b_stop", "kind", "score"]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "articles.jsonl", records())


def _commands() -> list[tuple[str, ...]]:
    def below(command: object, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            return [path]
        return [found for name, one in sorted(inner.items()) for found in below(one, (*path, name))]

    return below(typer.main.get_command(app), ())


@pytest.mark.parametrize("path", _commands(), ids=" ".join)
def test_the_help_of_every_command_has_an_example_of_it(path: tuple[str, ...]) -> None:
    shown = dedupe_here(*path, "--help")
    assert shown.code == 0
    words = " ".join(shown.out.split())
    assert "Example" in words
    short = [name for name in path if name != "labels"]  # `dedupe tune LABELS` needs no second word
    assert f"dedupe {' '.join(short)}" in words


def test_run_prints_the_matrix_and_says_where_the_report_is(articles: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = dedupe_here("run", articles, "-o", out, *QUICK)
    assert done.code == 0
    assert "dawn.example" in done.out and "Reuters" in done.out
    assert "alfawire" not in done.out
    assert f"report: {out / 'report.html'}" in done.err
    assert "4 read, 4 analysed, 0 rejected" in done.err
    again = dedupe_here("run", articles, "-o", out, *QUICK)
    assert again.out == done.out


def test_a_run_is_named_after_its_input(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert dedupe_here("run", "articles.jsonl", *QUICK).code == 0
    assert (tmp_path / "reports" / "articles" / "report.html").is_file()


@pytest.mark.parametrize(("limit", "code"), [("0.9", 1), ("1", 0)])
def test_fail_on_an_uncredited_share(articles: Path, tmp_path: Path, limit: str, code: int) -> None:
    rows = [{**record, "text": STORY} if record["id"] == "b-1" else record for record in records()]
    rows.append({"id": "b-2", "outlet": "dusk.example", "text": "Two words."})
    write_lines(articles, rows)
    done = dedupe_here("run", articles, "-o", tmp_path / "out", "--fail-on", limit, *QUICK)
    assert done.code == code
    assert (tmp_path / "out" / "report.html").is_file()


def test_fail_on_takes_a_share_only(articles: Path) -> None:
    assert dedupe_here("run", articles, "--fail-on", "2").code == 2


@pytest.mark.parametrize(("taken", "code"), [(slice(0, 4), 1), (slice(2, 4), 0)])
def test_similar_fails_on_coverage(articles: Path, taken: slice, code: int) -> None:
    write_lines(articles, records()[taken])
    assert dedupe_here("similar", articles, "--workers", "1", "--fail-on", "0.5").code == code


def test_matrix_as_json_and_csv_hold_the_same(small_run: Path) -> None:
    rows = json.loads(dedupe_here("matrix", small_run, "--json").out)
    assert [list(row) for row in rows] == [MATRIX.names] * len(rows)
    shown = dedupe_here("matrix", small_run, "--csv").out
    assert shown == (small_run / "matrix.csv").read_text(encoding="utf-8")
    cells = [[str(value) for value in row.values()] for row in rows]
    assert list(csv.reader(io.StringIO(shown)))[1:] == cells
    assert {("dusk.example", "reuters", "uncredited"), ("dawn.example", "reuters", "credited")} <= {
        (row["outlet"], row["source"], row["class"]) for row in rows
    }


def test_show(small_run: Path) -> None:
    shown = dedupe_here("show", small_run, "wire-1", "b-1")
    assert (shown.code, shown.err) == (0, "")
    assert "Fishing boats may leave before dawn" in shown.out and "Reuters" in shown.out
    found = json.loads(dedupe_here("show", small_run, "wire-1", "b-1", "--json").out)
    assert (found["a"], found["b"]) == ("b-1", "wire-1")
    assert [passage["origin"]["source"] for passage in found["passages"]] == ["reuters"]


@pytest.mark.parametrize(
    ("form", "name"), [("html", "r.html"), ("json", "r.json"), ("markdown", "r.md"), ("xlsx", "r.xlsx")]
)
def test_report(small_run: Path, tmp_path: Path, form: str, name: str) -> None:
    done = dedupe_here("report", small_run, "--format", form, "-o", tmp_path / name)
    assert (done.code, done.out, done.err) == (0, "", f"report: {tmp_path / name}\n")
    assert (tmp_path / name).stat().st_size > 500
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_report_as_csv_is_a_folder(small_run: Path, tmp_path: Path) -> None:
    done = dedupe_here("report", small_run, "--format", "csv", "-o", tmp_path / "tables")
    assert done.code == 0
    assert (tmp_path / "tables" / "matrix.csv").read_bytes() == (small_run / "matrix.csv").read_bytes()


def test_a_redacted_report_holds_no_text(small_run: Path, tmp_path: Path) -> None:
    page = tmp_path / "r.html"
    assert dedupe_here("report", small_run, "--redact", "--anonymize", "-o", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert "Fishing boats" not in text and "dusk.example" not in text
    assert "--redact" in dedupe_here("report", small_run, "--redact", "--format", "csv").error


def test_similar(articles: Path) -> None:
    done = dedupe_here("similar", articles, "--json", "--workers", "1")
    rows = json.loads(done.out)
    assert [list(row) for row in rows] == [PAIRS.names] * len(rows)
    assert all(row["a"] < row["b"] for row in rows)
    longest = [row["longest_words"] for row in rows]
    assert longest == sorted(longest, reverse=True) and longest[0] > 30
    table = dedupe_here("similar", articles, "--csv", "--limit", "2", "--workers", "1")
    assert len(list(csv.DictReader(io.StringIO(table.out)))) == 2
    assert f"2 of {len(rows)} pairs shown" in table.err
    by_jaccard = json.loads(dedupe_here("similar", articles, "--json", "--sort", "jaccard").out)
    assert sorted(by_jaccard, key=lambda row: -row["jaccard"]) == by_jaccard
    assert "wire-1" in dedupe_here("similar", articles, "--workers", "1").out


def test_compare(tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text(STORY, encoding="utf-8")
    two.write_text(f"Nothing before this sentence is shared. {STORY}", encoding="utf-8")
    found = json.loads(dedupe_here("compare", one, two, "--json").out)
    assert list(found) == [
        "jaccard", "minhash", "tfidf", "a_covered", "b_covered", "longest_words", "passages",
        "a_from_b", "b_from_a",
    ]  # fmt: skip
    assert found["a_from_b"]["contained_spelt"] == 1 > found["b_from_a"]["contained_spelt"] > 0.5
    assert found["b_from_a"]["words"] == found["a_from_b"]["words"] + 6
    assert found["a_covered"] == 1 > found["b_covered"] > 0.5
    (passage,) = found["passages"]
    assert list(passage)[:4] == PASSAGE[:4] and {"kind", "score"} < set(passage)
    text = two.read_text(encoding="utf-8")
    assert text[passage["b_start"] : passage["b_stop"]] == STORY[passage["a_start"] : passage["a_stop"]]
    assert "Jaccard" in dedupe_here("compare", one, two).out


@pytest.mark.parametrize("names", [("one.txt", "two.txt"), ("x/same.txt", "y/same.txt"), ("z.txt", "z.txt")])
def test_diff_writes_one_page(tmp_path: Path, names: tuple[str, str]) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{STORY} ({name})", encoding="utf-8")
    page = tmp_path / "diff.html"
    done = dedupe_here("diff", *(tmp_path / name for name in names), "-o", page)
    assert (done.code, done.out, done.err) == (0, "", f"report: {page}\n")
    assert "Fishing boats may leave" in page.read_text(encoding="utf-8")


def test_align_keeps_the_order_of_the_pairs(articles: Path, tmp_path: Path) -> None:
    wanted = [("wire-1", "b-1"), ("c-1", "a-1"), ("b-1", "wire-1"), ("b-1", "c-1"), ("wire-1", "b-1")]
    pairs = write_lines(tmp_path / "pairs.jsonl", [{"a": a, "b": b} for a, b in wanted])
    done = dedupe_here("align", articles, pairs, "--json", "--workers", "1")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [(row["a"], row["b"]) for row in rows] == wanted
    assert all(list(row) == ["a", "b", "passages"] for row in rows)
    assert all(list(passage) == PASSAGE for row in rows for passage in row["passages"])
    assert [len(row["passages"]) for row in rows] == [1, 0, 1, 1, 1]
    text = {row["id"]: row["text"] for row in records()}
    for row in rows:
        for p in row["passages"]:
            sides = [text[row[side]][p[f"{side}_start"] : p[f"{side}_stop"]] for side in "ab"]
            assert sides[0].rstrip(".") == sides[1].rstrip(".")
    assert "wire-1  b-1" in dedupe_here("align", articles, pairs, "--workers", "1").out


def test_whole_numbers_are_ids_in_pairs_as_in_documents(tmp_path: Path) -> None:
    documents = write_lines(tmp_path / "d.jsonl", [{"id": 1, "text": STORY}, {"id": 2, "text": STORY}])
    pairs = write_lines(tmp_path / "p.jsonl", [{"a": 1, "b": "2"}])
    row = json.loads(dedupe_here("align", documents, pairs, "--json", "--workers", "1").out)
    assert (row["a"], row["b"], len(row["passages"])) == ("1", "2", 1)


def test_credits_are_listed_in_the_order_of_the_input(articles: Path, tmp_path: Path) -> None:
    first = write_lines(tmp_path / "z.jsonl", [{"id": "z", "text": f"{STORY}"}])
    done = dedupe_here("credits", first, articles, "--json")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [row["id"] for row in rows] == ["z", *(record["id"] for record in records())]
    assert all(list(row) == ["id", "credits"] for row in rows)
    (credit,) = next(row for row in rows if row["id"] == "a-1")["credits"]
    assert list(credit) == ["start", "stop", "surface", "chain", "role", "confidence", "covers"]
    text = records()[2]["text"]
    assert (credit["surface"], credit["chain"]) == (text[credit["start"] : credit["stop"]], ["reuters"])
    for start, stop, strength in credit["covers"]:
        assert 0 <= start < stop <= len(text) and strength in ("certain", "likely", "possible")
    assert "Reuters" in dedupe_here("credits", articles).out


def test_credits_of_a_folder_pass_over_other_files(tmp_path: Path) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", records())
    (tmp_path / "in" / "notes.pdf").write_bytes(b"%PDF")
    assert dedupe_here("credits", tmp_path / "in", "--json").code == 0


def test_sources() -> None:
    assert "Kyodo" in dedupe_here("sources", "kyodo").out
    assert len(dedupe_here("sources").out.splitlines()) > 100


def test_the_version() -> None:
    from dedupe import __version__

    assert dedupe_here("--version").out == f"dedupe {__version__}\n"
