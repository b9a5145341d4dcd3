"""What a process of a run does without."""

from __future__ import annotations

import sys

import pyarrow as pa


class _NoPandas:
    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        del path, target
        if name == "pandas":
            raise ImportError(name)


def without_pandas() -> None:
    """Have pyarrow do without pandas in this process, unless it is loaded.

    Where pandas is installed, pyarrow imports it when it is first given a list, in case that is one
    of pandas': half a second in each process. It asks once, which is done here.
    """
    sys.meta_path.insert(0, _NoPandas)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(_NoPandas)
