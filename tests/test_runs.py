"""The results directory: whole files, resumed stages, refused strangers."""

import json

import pyarrow as pa
import pytest

from dedupe.errors import RunError
from dedupe.records import MATRIX
from dedupe.runs import Run, Writer, open_run, write_table


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


def test_some_columns_of_a_table_can_be_read_and_a_table_at_hand_is_not(tmp_path):
    row = dict.fromkeys(MATRIX.names, 1) | dict.fromkeys(("outlet", "source", "via", "class"), "x")
    matrix = pa.Table.from_pylist([row], MATRIX)
    write_table(matrix, tmp_path / "matrix.parquet")
    assert Run(tmp_path, {}).table("matrix").equals(matrix)
    assert Run(tmp_path, {}).table("matrix", ["via"]).to_pylist() == [{"via": "x"}]
    held = Run(tmp_path / "nowhere", {}, {"matrix": matrix})
    assert held.table("matrix", ["via"]).to_pylist() == [{"via": "x"}]
    write_table(matrix.rename_columns([name.upper() for name in MATRIX.names]), tmp_path / "matrix.parquet")
    with pytest.raises(RunError, match="other columns"):
        Run(tmp_path, {}).table("matrix", ["VIA"])
