"""A run that is killed, the whole process group at once, goes on and ends in the same bytes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
resume = pytest.importorskip("resume", reason="benchmarks/ is not here")

from test_archive import corpus, write

from dedupe.runs import Writer

OPTIONS = ["--channels", "shingles,minhash,tfidf", "--set", "align.reworded=false"]


def wait_for(path, process, seconds=60):
    end = time.monotonic() + seconds
    while not path.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)


def test_killed_twice_when_files_appear(tmp_path):
    source = write(tmp_path / "all.jsonl", corpus(5, 520))
    killed, whole = (tmp_path / name / "run" for name in ("killed", "whole"))
    line = resume.command(source, killed, OPTIONS)
    for sight in ("work/documents.arrow", "found.parquet"):
        assert not (killed / sight).exists()
        process = subprocess.Popen(
            line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        wait_for(killed / sight, process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert (killed / sight).exists() and not (killed / "run.json").exists()
    resume.run(line)
    resume.run(resume.command(source, whole, OPTIONS))
    assert resume.digests(killed) == resume.digests(whole)
    assert not (whole / "work").exists()


def test_parts_of_a_stage_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("dedupe.runs.PART_SECONDS", 0.0)
    schema = pa.schema([("x", pa.int64())])
    begun = []

    def compute(first, stop=9):
        begun.append(first)
        for number in range(first, 9):
            if number == stop:
                raise KeyboardInterrupt
            yield pa.table({"x": [number, -number]}, schema=schema)

    def parts(key, make=compute):
        return Writer.create(tmp_path / "run", key).parts("numbers", 9, make, schema)["x"].to_pylist()

    with pytest.raises(KeyboardInterrupt):
        parts("key", lambda first: compute(first, 4))
    expected = [sign * n for n in range(9) for sign in (1, -1)]
    assert parts("key") == expected and begun == [0, 4]
    assert parts("key") == expected and begun == [0, 4], "nothing is left to compute"
    assert parts("other key") == expected and begun == [0, 4, 0]
