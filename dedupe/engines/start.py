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
        if name in {"pandas", "scipy.linalg", "cffi", "yaml"}:
            raise ImportError(name)


def lean() -> None:
    """Have pyarrow do without pandas in this process, numba without scipy and more, unless they are loaded.

    pyarrow imports pandas, where it is installed, when it is first given a list, in case that is one of
    pandas'. numba imports scipy's linear algebra with its first kernel, to see whether ``np.convolve`` could
    be compiled, and cffi, for functions of C; no kernel of this project asks for either. With yaml it would
    read ``.numba_config.yaml`` wherever it is started. Each takes part of a second, and asks once, which is
    done here: call this before what imports numba.
    """
    sys.meta_path.insert(0, _Missing)
    try:
        pa.array([0])
        for asking in ("numba.np.arraymath", "numba.core.typing.cffi_utils"):
            importlib.import_module(asking)
    finally:
        sys.meta_path.remove(_Missing)
