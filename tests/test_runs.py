"""The results directory: whole files, resumed stages, refused strangers."""

import json

import pyarrow as pa
import pytest

from dedupe.errors import RunError
from dedupe.runs import Writer, open_run


def test_a_finished_stage_is_not_computed_again(tmp_path):
    calls = []

    def compute():
        calls.append(1)
        return pa.table({"x": [1, 2]})

    for _ in range(2):
        table = Writer.create(tmp_path / "run", "key").stage("numbers", compute)
        assert table["x"].to_pylist() == [1, 2]
    assert len(calls) == 1
    Writer.create(tmp_path / "run", "other key").stage("numbers", compute)
    assert len(calls) == 2


def test_a_damaged_stage_is_computed_again(tmp_path):
    writer = Writer.create(tmp_path / "run", "key")
    writer.stage("numbers", lambda: pa.table({"x": [1]}))
    (tmp_path / "run" / "numbers.parquet").write_bytes(b"PAR1 no")
    again = Writer.create(tmp_path / "run", "key").stage("numbers", lambda: pa.table({"x": [2]}))
    assert again["x"].to_pylist() == [2]


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("precious")
    with pytest.raises(RunError, match="other things"):
        Writer.create(tmp_path, "key")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]
    with pytest.raises(RunError, match="is a file"):
        Writer.create(tmp_path / "thesis.docx", "key")


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"format": 99}'])
def test_what_is_no_run_of_this_format_is_refused(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunError, match="run"):
        open_run(tmp_path)


def test_a_run_without_its_tables_is_refused(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"format": 1}))
    with pytest.raises(RunError, match=r"lacks \w+\.parquet"):
        open_run(tmp_path)
