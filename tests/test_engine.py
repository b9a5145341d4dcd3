"""The local engine: order kept, one answer whatever the number of workers."""

import subprocess
import sys

import pyarrow as pa
import pytest

from dedupe.engines.local import LocalEngine, batches

SCHEMA = pa.schema([("x", pa.int64())])


def double(table):
    return pa.table({"x": pa.array([2 * x for x in table["x"].to_pylist()], pa.int64())})


def fail(table):
    raise ValueError("broken kernel")


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_map_keeps_order_and_reports(workers):
    table = pa.table({"x": list(range(25))})
    parts = batches(table, 4)
    seen = []
    with LocalEngine(workers) as engine:
        result = engine.map(
            double, parts, SCHEMA, count=len(parts), progress=lambda n, m: seen.append((n, m))
        )
    assert result["x"].to_pylist() == [2 * x for x in range(25)]
    assert seen == [(n, 7) for n in range(1, 8)]


def test_nothing_in_nothing_out():
    with LocalEngine(2) as engine:
        assert engine.map(double, [], SCHEMA, count=0).schema == SCHEMA


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_kernel_is_heard(workers):
    parts = batches(pa.table({"x": [1, 2, 3]}), 1)
    with LocalEngine(workers) as engine, pytest.raises(ValueError, match="broken kernel"):
        engine.map(fail, parts, SCHEMA, count=3)


def test_sql():
    with LocalEngine(1) as engine:
        table = engine.sql("SELECT SUM(x) AS total FROM numbers", numbers=pa.table({"x": [1, 2, 3]}))
    assert table["total"].to_pylist() == [6]


def test_what_no_kernel_asks_for_is_not_loaded_and_can_be_later() -> None:
    code = (
        "import sys, pyarrow as pa; from dedupe.engines.start import lean; lean(); import numba; "
        "pa.array(['a']); numba.njit(lambda x: x + 1)(1); "
        "assert not {'pandas', 'scipy.linalg', 'cffi', 'yaml'} & set(sys.modules); "
        "import importlib.util as u; import scipy.linalg; "
        "assert not u.find_spec('pandas') or len(pa.table({'a': [1]}).to_pandas()) == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
