"""What Spark forks its Python workers from: with this package imported already, they start at once.

Spark runs it as ``python -m dedupe.engines.spark.daemon pyspark.worker`` (``spark.python.daemon.module``).
"""

from __future__ import annotations

import importlib

from dedupe.engines.memory import keep_freed

if __name__ == "__main__":
    keep_freed()
    importlib.import_module("dedupe.distributed")
    importlib.import_module("pyspark.daemon").manager()
