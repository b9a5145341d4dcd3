"""The Spark engine: the operations of `dedupe.engines.tables` on Apache Spark.

Kernels run through ``mapInArrow`` and ``applyInArrow``; what is kept is written as Parquet, so that
a plan is never computed twice and a killed run finds what it had. Needs the extra ``spark``.
"""

from __future__ import annotations

from dedupe.engines.spark.engine import SparkTables
from dedupe.engines.spark.session import started

__all__ = ["SparkTables", "started"]
