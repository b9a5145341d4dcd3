"""What goes through the disk gives what memory gives, and memory stays flat as a corpus grows."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_archive import corpus, write

from dedupe import pipeline
from dedupe.cli.sizes import bytes_of, shown
from dedupe.errors import SettingsError
from dedupe.reuse import candidates
from dedupe.reuse.shelves import Column, Shelves
from dedupe.settings import load
from dedupe.stages.columns import Rows

pieces = st.lists(
    st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=5), min_size=3, max_size=3), max_size=8
)


@given(pieces, st.integers(0, 200))
def test_shelves_give_back_what_was_put_on_them(tmp_path_factory, rounds, room):
    shelves = Shelves(tmp_path_factory.mktemp("shelves") / "file", 3, room)
    for row in rounds:
        shelves.add([np.array(piece, np.uint64) for piece in row])
    for number in range(3):
        found = [value for piece in shelves.take(number) for value in piece.tolist()]
        assert found == [value for row in rounds for value in row[number]]
        assert shelves.take(number) == []
    shelves.close()


@pytest.mark.parametrize("width", [0, 4])
def test_a_column_is_what_was_written(tmp_path, width):
    column = Column(tmp_path / "column", np.uint32, width)
    whole = np.arange(40, dtype=np.uint32).reshape((-1, width) if width else -1)
    for piece in np.array_split(whole, 3):
        column.add(piece)
    assert (column.array() == whole).all()
    assert Column(tmp_path / "empty", np.uint32, width).array().shape == ((0, width) if width else (0,))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.data())
def test_rows_are_taken_from_any_chunk(sizes, data):
    values = [str(n) for n in range(sum(sizes))]
    cuts = np.cumsum([0, *sizes])
    table = pa.table(
        {"x": pa.chunked_array([values[a:b] for a, b in zip(cuts, cuts[1:], strict=False)], pa.string())}
    )
    wanted = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=12))
    assert Rows(table).take(wanted)["x"].to_pylist() == [values[n] for n in wanted]


def test_little_memory_changes_no_byte(tmp_path, monkeypatch):
    source = write(tmp_path / "all.jsonl", corpus(9, 120))
    runs = []
    for name, memory, words in (("much", 1 << 30, 1 << 19), ("little", 4, 500)):
        monkeypatch.setattr(candidates, "PART_WORDS", words)
        monkeypatch.setattr("dedupe.stages.candidates.LEAST_ROOM", 64)
        runs.append(
            pipeline.run(
                [source],
                tmp_path / name / "run",
                load(),
                channels=("shingles", "minhash"),
                workers=1,
                memory=memory,
            )
        )
    for name, table in runs[0].tables.items():
        assert table.equals(runs[1].table(name)), name
    assert runs[0].table("pairs").num_rows > 20


def test_timings_are_honest(tmp_path):
    source = write(tmp_path / "all.jsonl", corpus(4, 520))
    line = [sys.executable, "-m", "dedupe", "run", str(source), "-o", str(tmp_path / "run"), "--workers", "2",
            "--channels", "shingles", "--set", "align.reworded=false"]  # fmt: skip
    subprocess.run(line, check=True, capture_output=True)
    stages = json.loads((tmp_path / "run" / "run.json").read_text())["stages"]
    assert sum(stage["cpu_seconds"] for stage in stages) > 0.5, "workers count"
    assert all(0 < stage["peak_mb"] <= stage["peak_mb_together"] for stage in stages)


@pytest.mark.parametrize(
    ("text", "size"), [("2GB", 2 << 30), ("500 MB", 500 << 20), ("1.5g", 3 << 29), ("2GiB", 2 << 30)]
)
def test_sizes(text, size):
    assert bytes_of(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "12", "1 MB", "2GB 3GB", "9" * 50])
def test_no_sizes(text):
    with pytest.raises(SettingsError):
        bytes_of(text)


def test_lengths_of_time():
    assert [shown(s) for s in (4, 300, 7200)] == ["4 seconds", "5 minutes", "2.0 hours"]


def test_a_dry_run_counts_and_writes_nothing(tmp_path):
    source = write(tmp_path / "all.jsonl", [*corpus(4, 80), {"id": "bad"}])
    before = sorted(Path(tmp_path).rglob("*"))
    line = [sys.executable, "-m", "dedupe", "run", str(source), "--dry-run", "--channels", "shingles"]
    told = subprocess.run(line, check=True, capture_output=True, cwd=tmp_path, text=True).stdout
    assert "80 (1 records rejected)" in told and "to align" in told
    assert sorted(Path(tmp_path).rglob("*")) == before
