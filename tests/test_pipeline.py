"""The run as a whole: sums that must add up, and bytes that must not change."""

import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from dedupe import pipeline
from dedupe.records import TABLES
from dedupe.runs import open_run
from dedupe.settings import load
from dedupe.text.tokens import count_words

SEEDS = Path(__file__).parents[1] / "seeds"
SMALL = ("shingles", "minhash", "tfidf")


def records():
    """Two invented stories of an invented harbour town, told by a dispatch and three outlets."""
    story = (
        "The harbour of Port Ellery will close for eleven weeks while divers raise the ferry that sank there in "
        "March, the town council decided on Monday. Fishing boats may leave before dawn and return after dusk. "
        "Traders at the quay expect to lose a third of their summer income and have asked for relief."
    )
    other = (
        "A new tram line between the old mill and the botanical garden opened on Sunday, two years late. The "
        "first car carried forty passengers, a brass band and a crate of oranges."
    )
    return [
        {"id": "wire-1", "outlet": "alfawire", "kind": "wire", "source_id": "reuters", "text": story, "language": "en",
         "published": "2026-03-02"},
        {"id": "a-1", "outlet": "dawn.example", "text": f"PORT ELLERY (Reuters) - {story}", "language": "en"},
        {"id": "b-1", "outlet": "dusk.example", "text": f"{story}\n{other}", "language": "en", "published": "2026-03-03"},
        {"id": "c-1", "outlet": "noon.example", "text": other, "language": "en"},
        {"id": "d-1", "outlet": "noon.example", "text": "Nothing here is shared with anybody at all.", "language": "en"},
    ]  # fmt: skip


def write(folder, rows, files=1):
    folder.mkdir()
    for number in range(files):
        lines = [json.dumps(row) for row in rows[number::files]]
        (folder / f"part{number}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def digests(run):
    names = [*(f"{name}.parquet" for name in TABLES), "matrix.csv", "rejected.jsonl"]
    return {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in names}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    base = tmp_path_factory.mktemp("run")
    return pipeline.run([write(base / "in", records())], base / "out", load(), channels=SMALL, workers=1)


def test_the_dispatch_is_found_credited_and_not(done):
    matrix = {(r["outlet"], r["source"], r["class"]): r["words"] for r in done.table("matrix").to_pylist()}
    words = count_words(records()[0]["text"])
    assert matrix["dawn.example", "reuters", "credited"] >= words
    assert matrix["dusk.example", "reuters", "uncredited"] == words
    assert ("dusk.example", "", "shared") in matrix
    assert not any(outlet == "alfawire" for outlet, _, _ in matrix), "dispatches are evidence, not rows"


def test_every_word_is_in_the_ledger_once(done):
    totals = Counter()
    for row in done.table("ledger").to_pylist():
        totals[row["document"]] += row["words"]
    articles = [d for d in done.table("documents").to_pylist() if d["kind"] == "outlet"]
    assert totals == {d["id"]: count_words(d["text"]) for d in articles}


def test_the_matrix_sums_the_ledger(done):
    outlet = {d["id"]: d["outlet"] for d in done.table("documents").to_pylist()}
    ledger, matrix, shares = Counter(), Counter(), Counter()
    for row in done.table("ledger").to_pylist():
        ledger[outlet[row["document"]], row["source"], row["via"], row["class"]] += row["words"]
    for row in done.table("matrix").to_pylist():
        matrix[row["outlet"], row["source"], row["via"], row["class"]] += row["words"]
        shares[row["outlet"]] += row["share"]
    assert ledger == matrix
    assert all(abs(share - 1) < 1e-4 for share in shares.values())


def test_offsets_lead_to_the_words(done):
    text = {d["id"]: d["text"] for d in done.table("documents").to_pylist()}
    for match in done.table("matches").to_pylist():
        assert match["a"] < match["b"]
        for side in "ab":
            passage = text[match[side]][match[f"{side}_start"] : match[f"{side}_stop"]]
            assert count_words(passage) == match[f"{side}_words"]
            assert passage == passage.strip()
    for credit in done.table("credits").to_pylist():
        assert text[credit["document"]][credit["start"] : credit["stop"]] == credit["surface"]
    for row in done.table("ledger").to_pylist():
        assert count_words(text[row["document"]][row["start"] : row["stop"]]) == row["words"]


def test_families_and_matches_agree(done):
    members = {
        (r["family"], r["document"]): (r["start"], r["stop"]) for r in done.table("families").to_pylist()
    }
    for match in done.table("matches").to_pylist():
        for side in "ab":
            start, stop = members[match["family"], match[side]]
            assert start <= match[f"{side}_start"] < match[f"{side}_stop"] <= stop


def test_input_order_and_files_change_no_byte(done, tmp_path):
    rows = records()
    random.Random(7).shuffle(rows)
    again = pipeline.run(
        [write(tmp_path / "in", rows, files=3)], tmp_path / "out", load(), channels=SMALL, workers=1
    )
    # where a record was read is the one thing that differs
    for name in TABLES:
        one, two = done.table(name), again.table(name)
        if name == "documents":
            one, two = one.drop_columns(["file"]), two.drop_columns(["file"])
        assert one.equals(two), name


def test_workers_change_no_byte(done, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "BATCH", 2)
    source = write(tmp_path / "in", records())
    again = pipeline.run([source], tmp_path / "out", load(), channels=SMALL, workers=2)
    assert digests(again.path) == digests(done.path)


def test_hash_seed_changes_no_byte(done, tmp_path):
    source = write(tmp_path / "in", records())
    command = [
        sys.executable,
        "-m",
        "dedupe",
        "run",
        str(source),
        "-o",
        str(tmp_path / "out"),
        "--channels",
        ",".join(SMALL),
    ]
    finished = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": "123"}, capture_output=True, check=False
    )
    assert finished.returncode == 0, finished.stderr.decode()
    assert digests(tmp_path / "out") == digests(done.path)


def test_a_run_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    source, out = write(tmp_path / "in", records()), tmp_path / "out"
    whole = pipeline.run([source], tmp_path / "whole", load(), channels=SMALL, workers=1)

    def stop(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(pipeline.verdicts, "judged", stop)
        pipeline.run([source], out, load(), channels=SMALL, workers=1)
    assert not (out / "run.json").exists()
    again = pipeline.run([source], out, load(), channels=SMALL, workers=1)
    resumed = {stage["name"] for stage in again.meta["stages"] if stage.get("resumed")}
    assert {"credits", "aligned", "matches"} <= resumed and "origins" not in resumed
    assert digests(out) == digests(whole.path)


def test_other_settings_start_afresh(tmp_path):
    source, out = write(tmp_path / "in", records()), tmp_path / "out"
    pipeline.run([source], out, load(), channels=SMALL, workers=1)
    again = pipeline.run([source], out, load(None, ["align.min_words=12"]), channels=SMALL, workers=1)
    assert not any(stage.get("resumed") for stage in again.meta["stages"])


def test_nothing_to_compare_is_a_run_all_the_same(tmp_path):
    source = write(tmp_path / "in", records()[-1:])
    again = pipeline.run([source], tmp_path / "out", load(), workers=1)
    assert again.meta["counts"]["matches"] == 0
    assert [r["class"] for r in again.table("matrix").to_pylist()] == ["own"]
    assert open_run(tmp_path / "out").rejected == []


def test_read_is_analysed_and_rejected(tmp_path):
    rows = [*records(), {"id": "a-1", "text": "again"}, {"id": "no text"}, {"text": "no id"}]
    again = pipeline.run([write(tmp_path / "in", rows)], tmp_path / "out", load(), channels=SMALL, workers=1)
    counts = again.meta["counts"]
    assert counts["read"] == len(rows) == counts["analysed"] + counts["rejected"]
    assert len(again.rejected) == counts["rejected"] == 3
    assert all(entry["where"] and entry["reason"] for entry in again.rejected)
