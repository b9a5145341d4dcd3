"""What a process of a run does without."""

from __future__ import annotations

import importlib
import sys

import pyarrow as pa


class _Missing:
    """A finder of modules that says of some that they are not installed."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        del path, target
        if name in {"pandas", "scipy.linalg"}:
            raise ImportError(name)


def lean() -> None:
    """Have pyarrow do without pandas in this process, and numba without scipy, unless they are loaded.

    pyarrow imports pandas, where it is installed, when it is first given a list, in case that is one of
    pandas'. numba imports scipy's linear algebra with its first kernel, to see whether ``np.convolve`` could
    be compiled, which no kernel of this project asks for. Each takes part of a second, and asks once,
    which is done here.
    """
    sys.meta_path.insert(0, _Missing)
    try:
        pa.array([0])
        importlib.import_module("numba.np.arraymath")
    finally:
        sys.meta_path.remove(_Missing)
