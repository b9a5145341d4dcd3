"""Memory of worker processes: what one batch has freed, the next one uses."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of mallopt (glibc's malloc.h)."""
_NEVER = 1 << 30


def keep_freed() -> None:
    """Have this process keep large blocks that it frees instead of giving them back to the system.

    By default glibc maps every large block anew, and the system clears each of its pages when it is first
    touched: a third of the time of some kernels, whose arrays are as large with every batch. A process keeps
    no more than it has used at its largest. Nothing happens where the C library is another one.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _NEVER)
        mallopt(_TRIM_THRESHOLD, _NEVER)
