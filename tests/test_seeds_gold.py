"""The sample corpus: built from its markup byte for byte, its labels true to the texts."""

from __future__ import annotations

import importlib.util
import itertools
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedupe.provenance import catalogue
from dedupe.records import LEDGER_CLASSES, TABLES
from dedupe.text.tokens import count_words, tokenize

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
BUILT = ["articles.jsonl", "gold.json", *sorted(f"txt/{path.name}" for path in (SEEDS / "txt").iterdir())]


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"_seeds_{path.stem}", path)
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


build = module(SEEDS / "build.py")
scorer = module(ROOT / "benchmarks" / "seeds_score.py")
GOLD = json.loads((SEEDS / "gold.json").read_text(encoding="utf-8"))


def documents() -> dict[str, dict[str, Any]]:
    lines = (SEEDS / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    rows = {row["id"]: row for row in map(json.loads, lines)}
    for path in (SEEDS / "txt").iterdir():
        rows[path.stem] = {"outlet": f"{path.stem.rsplit('-', 1)[0]}.example", "kind": "outlet",
                           "language": "id", "text": path.read_text(encoding="utf-8")}  # fmt: skip
    return rows


DOCUMENTS = documents()


def surface(document: str, start: int, stop: int) -> str:
    text: str = DOCUMENTS[document]["text"]
    assert 0 <= start < stop <= len(text)
    return text[start:stop]


def test_build_reproduces_every_file() -> None:
    files = build.build(SEEDS / "markup")
    assert sorted(files) == sorted(BUILT)
    for name, text in files.items():
        assert (SEEDS / name).read_bytes() == text.encode("utf-8"), f"run python seeds/build.py: {name}"


@pytest.mark.parametrize(
    ("kind", "least"), [("verbatim", 12), ("light", 12), ("reworded", 15), ("translated", 45)]
)
def test_enough_passages_of_each_kind_credited_and_not(kind: str, least: int) -> None:
    credited = Counter(row["credited"] for row in GOLD["passages"] if row["kind"] == kind)
    assert credited.total() >= least
    assert min(credited[True], credited[False]) >= 2


def test_enough_independent_reports() -> None:
    assert len(GOLD["independent"]) >= 15
    languages = {name: row.get("language") for name, row in DOCUMENTS.items()}
    pairs = {(languages[row["a"]], languages[row["b"]]) for row in GOLD["independent"]}
    assert {("en", "en"), ("en", "id")} <= pairs


def test_every_span_is_clean_and_long_enough() -> None:
    for row in GOLD["passages"]:
        for side in (
            surface(row["document"], row["start"], row["stop"]),
            surface(row["from"], row["from_start"], row["from_stop"]),
        ):
            assert side == side.strip() and side[0].isalnum() and side[-1] in ".)", row["id"]
            assert count_words(side) >= 10, row["id"]
    for name in ("held", "credits", "boilerplate"):
        for row in GOLD[name]:
            span = surface(row["document"], row["start"], row["stop"])
            assert span == span.strip()
            assert span == row.get("surface", span)
    for row in GOLD["independent"]:
        assert row["a"] < row["b"]
        for side in "ab":
            surface(row[side], row[f"{side}_start"], row[f"{side}_stop"])


def test_verbatim_means_the_same_words() -> None:
    rows = [row for row in GOLD["passages"] if row["kind"] == "verbatim"]
    for row in rows:
        sides = [surface(row["document"], row["start"], row["stop"]),
                 surface(row["from"], row["from_start"], row["from_stop"])]  # fmt: skip
        a, b = (tokenize([side]).hashes.tolist() for side in sides)
        assert a == b, row["id"]


def test_passages_of_a_document_do_not_overlap() -> None:
    spans = sorted((row["document"], row["start"], row["stop"]) for row in GOLD["passages"] + GOLD["held"])
    for (a, _, stop), (b, start, _) in itertools.pairwise(spans):
        assert a != b or stop <= start


def test_a_passage_called_credited_has_its_credit() -> None:
    credited = {(row["document"], source) for row in GOLD["credits"] if row["role"] == "credit"
                for source in row["chain"]}  # fmt: skip
    for row in GOLD["passages"] + GOLD["held"]:
        assert ((row["document"], row["origin"]) in credited) == row["credited"], row
        if row.get("via"):
            assert (row["document"], row["via"]) in credited


def test_sources_are_in_the_catalogue() -> None:
    known = set(catalogue.load().sources)
    named = {source for row in GOLD["credits"] for source in row["chain"]}
    named |= {row["source_id"] for row in DOCUMENTS.values() if row["kind"] == "wire"}
    assert named <= known


def test_outlets_are_invented() -> None:
    outlets = {row["outlet"] for row in DOCUMENTS.values() if row["kind"] == "outlet"}
    assert all(outlet.endswith(".example") for outlet in outlets)  # a domain reserved by RFC 2606
    assert len(outlets) >= 10
    assert set(GOLD["matrix"]) <= outlets


def test_matrix_sums_the_passages() -> None:
    for outlet, sources in GOLD["matrix"].items():
        for source, cells in sources.items():
            here = [row for row in GOLD["passages"] + GOLD["held"] if row["origin"] == source]
            rows = [row for row in here if DOCUMENTS[row["document"]]["outlet"] == outlet]
            for name, words in cells.items():
                assert words == sum(row["words"] for row in rows if row["credited"] == (name == "credited"))


def test_no_direct_speech() -> None:
    for name, row in DOCUMENTS.items():
        assert not set('"“”„') & set(row["text"]), name


@pytest.mark.parametrize("edit", ["verbatim credited", "light maybe", "translated credited"])
def test_build_refuses_a_wrong_label(edit: str, tmp_path: Path) -> None:
    head = "outlet: x.example\nlanguage: en\n\n"
    sentence = "The ferry left the pier at noon with forty crates of lemons for the hill market."
    wire = f"wire: ap\nlanguage: en\n\n<1>{sentence}\n"
    (tmp_path / "w.seed").write_text(wire, encoding="utf-8")
    (tmp_path / "x.seed").write_text(f"{head}<p w:1 {edit}>{sentence.replace('noon', 'ten')}</p>\n")
    with pytest.raises(build.SeedError, match="x/1"):
        build.build(tmp_path)
    (tmp_path / "x.seed").write_text(f"{head}<p w:1 verbatim uncredited>{sentence}</p>\n")
    assert '"words": 16' in build.build(tmp_path)["gold.json"]


def perfect_run(folder: Path, extra: list[dict[str, Any]]) -> Path:
    """Write the tables of a run that says exactly what the gold labels say, and ``extra`` matches."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for name, row in DOCUMENTS.items():
        rows["documents"].append({**row, "id": name, "file": f"{name}.txt"})
    for i, row in enumerate(GOLD["passages"]):
        sides = [(row["document"], row["start"], row["stop"]),
                 (row["from"], row["from_start"], row["from_stop"])]  # fmt: skip
        (a, a_start, a_stop), (b, b_start, b_stop) = sorted(sides)
        rows["matches"].append({"a": a, "a_start": a_start, "a_stop": a_stop, "b": b, "b_start": b_start,
                                "b_stop": b_stop, "kind": row["kind"], "family": str(i)})  # fmt: skip
        rows["families"] += [{"family": str(i), "document": d, "start": s, "stop": e} for d, s, e in sides]
        rows["origins"].append({"family": str(i), "source": row["origin"] or ""})
        rows["ledger"].append({"document": row["document"], "start": row["start"], "stop": row["stop"],
                               "class": LEDGER_CLASSES[not row["credited"]],
                               "source": row["origin"] or ""})  # fmt: skip
    rows["matches"] += extra
    rows["credits"] = GOLD["credits"]
    for outlet, sources in GOLD["matrix"].items():
        rows["matrix"] += [{"outlet": outlet, "source": source, "class": name, "words": words}
                           for source, cells in sources.items() for name, words in cells.items()]  # fmt: skip
    for name, schema in TABLES.items():
        table = [{field: row.get(field) for field in schema.names} for row in rows[name]]
        pq.write_table(pa.Table.from_pylist(table, schema=schema), folder / f"{name}.parquet")
    return folder


def test_scorer_gives_full_marks_to_the_gold_labels(tmp_path: Path) -> None:
    result = scorer.score(perfect_run(tmp_path, []))
    assert {row["f1"] for row in result["passages"].values()} == {1.0}
    assert (result["missed"], result["false"], result["words_wrong"]) == ([], [], 0)
    assert result["independent"]["matched"] == 0
    assert result["credits"]["f1"] == 1
    assert result["origins"]["right"] == len(GOLD["passages"])
    assert (result["ledger"]["right"], result["matrix"]["error"]) == (1, 0)


def test_scorer_counts_a_matched_independent_report_as_false(tmp_path: Path) -> None:
    sides = ("a", "a_start", "a_stop", "b", "b_start", "b_stop")
    extra = [{side: GOLD["independent"][0][side] for side in sides} | {"kind": "translated", "family": "0"}]
    result = scorer.score(perfect_run(tmp_path, extra))
    assert result["independent"]["matched"] >= 1
    assert len(result["false"]) == 1
    assert result["passages"]["translated"]["precision"] < 1
    assert result["passages"]["translated"]["recall"] == 1


def test_scorer_takes_two_translations_of_one_sentence_as_copies(tmp_path: Path) -> None:
    a, b = [row for row in GOLD["passages"]
            if row["id"] in {"kabarlintas-01/1", "pelitakota-01/1"}]  # fmt: skip
    match = {"a": a["document"], "a_start": a["start"], "a_stop": a["stop"], "b": b["document"],
             "b_start": b["start"], "b_stop": b["stop"], "kind": "reworded", "family": "0"}  # fmt: skip
    assert scorer.score(perfect_run(tmp_path, [match]))["false"] == []


def test_no_sentence_is_taken_from_the_articles_used_for_acceptance() -> None:
    folder = ROOT.parent / "shared" / "seeds"
    if not folder.is_dir():
        pytest.skip("the real articles are not here")

    def grams(text: str) -> set[tuple[int, ...]]:
        words = tokenize([text]).hashes.tolist()
        return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}

    theirs = set().union(*(grams(path.read_text(encoding="utf-8")) for path in folder.glob("*.txt")))
    for name, row in DOCUMENTS.items():
        assert not grams(row["text"]) & theirs, name
