"""Rows that a worker reads itself are those that it would have been sent."""

import pickle

import numpy as np
import pyarrow as pa
import pytest

from dedupe.runs import map_arrow, write_arrow
from dedupe.stages.borrowed import Borrowed, where


def as_it_is(table):
    return table


@pytest.fixture
def stored(tmp_path):
    """A file of eleven rows in four pieces, one of them empty."""
    rows = pa.table({"id": [f"d{n}" for n in range(11)], "text": [f"Text {n} ☃" * n for n in range(11)]})
    pieces = [rows.slice(0, 3), rows.slice(3, 4), rows.slice(0, 0), rows.slice(7, 4)]
    write_arrow(pieces, rows.schema, tmp_path / "documents.arrow")
    return rows, tmp_path / "documents.arrow"


@pytest.mark.parametrize("wanted", [[*range(11)], [2, 3, 4], [0, 5, 6, 10], [7], [8, 10]])
def test_rows_from_a_file(stored, wanted):
    rows, path = stored
    batch = where(map_arrow(path)).take(pa.array(wanted)).append_column("more", pa.array(wanted))
    kernel = pickle.loads(pickle.dumps(Borrowed(as_it_is, path, ("text", "id"))))
    found = kernel(batch)
    assert found.column_names == ["text", "id", "more"]
    assert found.to_pydict() == {
        **rows.take(pa.array(wanted)).select(["text", "id"]).to_pydict(),
        "more": wanted,
    }


def test_every_row_has_its_place(stored):
    places = where(map_arrow(stored[1]))
    assert np.array_equal(places["row"], [0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 3])
    assert len(set(zip(*places.to_pydict().values(), strict=True))) == 11
