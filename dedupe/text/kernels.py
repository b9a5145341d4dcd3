"""How every compiled loop of the project is declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a numeric function with numba: no Python objects, the GIL released, cached on disk.

    The cache lies beside the module, or in the user's cache folder when that cannot be
    written (numba decides; ``NUMBA_CACHE_DIR`` overrides). Where neither can be written
    the function is compiled anew in each process instead of failing at import.
    """
    try:
        return cast(F, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # numba: "no locator available": nothing on this machine can be written
        return cast(F, numba.njit(nogil=True)(function))


def _wide_vectors(_context: Any) -> Any:
    """Set LLVM's attribute "prefer-vector-width" for the kernel that calls this."""

    def generate(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        # llvmlite's set of attributes refuses names that it does not know: the plain set takes them.
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), generate


wide_vectors = cast(Callable[[], None], intrinsic(_wide_vectors))
"""Called within a kernel: let it use vectors of 512 bits where the processor has them.

LLVM keeps to 256 bits even there, which suits short loops; a kernel bound by the multiplications of
whole rows is a third faster with 512. No result depends on it.
"""


def frozen(array: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    """Return ``array`` as a read-only, C-contiguous view of ``dtype`` (a copy only if it is not).

    numba compiles one specialisation per argument type, and read-only arrays (Arrow
    buffers, ``bytes``) are a type of their own: handing over every input as read-only
    keeps it to one.
    """
    view = np.ascontiguousarray(array, dtype=dtype).view()
    view.flags.writeable = False
    return view
