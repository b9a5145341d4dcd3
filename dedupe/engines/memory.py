"""Memory of a run's processes: what one batch has freed, the next one uses."""

from __future__ import annotations

import ctypes
from contextlib import suppress

import pyarrow as pa

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of mallopt (glibc's malloc.h)."""
_NEVER = 1 << 30
LARGE = 1 << 26
"""What a stage frees in one piece of this size or more had better go back to the system."""


def keep_freed(below: int = _NEVER) -> None:
    """Have this process keep blocks that it frees instead of giving them back to the system, Arrow's among them.

    By default glibc maps every large block anew, and the system clears each of its pages when it is first
    touched: a third of the time of some kernels, whose arrays are as large with every batch. A process keeps
    no more than it has used at its largest; blocks of ``below`` bytes or more are given back. Nothing happens where
    the C library is another one.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, below)
        mallopt(_TRIM_THRESHOLD, min(_NEVER, 8 * below))
        pa.set_memory_pool(pa.system_memory_pool())
