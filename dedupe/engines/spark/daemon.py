"""What Spark forks its Python workers from: with this package imported already, they start at once.

Spark runs it as ``python -m dedupe.engines.spark.daemon pyspark.worker`` (``spark.python.daemon.module``).
"""

from __future__ import annotations

import importlib

if __name__ == "__main__":
    importlib.import_module("dedupe.distributed")
    importlib.import_module("pyspark.daemon").manager()
