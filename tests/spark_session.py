"""One Spark session for all tests, started when first asked for."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def send_along(module: str) -> None:
    """Have the functions of a test module sent to Python workers, which cannot import it."""
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[module])


@cache
def session() -> Any:
    """Return a session on this machine, or skip where pyspark is not installed."""
    pytest.importorskip("pyspark", reason='pip install "wiretrace[spark]"')
    pytest.importorskip("pandas", reason='pip install "wiretrace[spark]"')
    from dedupe.engines.spark import started

    return started("local[2,4]", memory=1 << 30)


def spark_tables(folder: Path, partitions: int) -> Any:
    """Return the Spark engine, keeping its tables in a folder."""
    from dedupe.engines.spark import SparkTables
    from dedupe.engines.spark.files import Store

    return SparkTables(session(), Store(session(), folder.as_uri()), partitions=partitions)
