"""What Spark forks its Python workers from: with this package imported already, they start at once.

Spark runs it as ``python -m dedupe.engines.spark.daemon pyspark.worker`` (``spark.python.daemon.module``).
"""

from __future__ import annotations

import gc
import importlib

from dedupe.engines.memory import keep_freed

IMPORTED = (
    "dedupe.distributed",
    "pandas",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "pyspark.worker",
    "dedupe.ready",
)
"""The kernels, and what Spark's worker imports with its first task (most of a second)."""

if __name__ == "__main__":
    keep_freed()
    for module in IMPORTED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # a worker looks for garbage after every task: not among the modules
    importlib.import_module("pyspark.daemon").manager()
