"""Amounts of memory and time, as people write and read them."""

from __future__ import annotations

import re

from dedupe.errors import SettingsError

_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?([KMGT]?)(?:i?B)?", re.IGNORECASE)
_LEAST = 64 << 20


def bytes_of(size: str) -> int:
    """Return the bytes of a size such as ``2GB`` or ``500 MB`` (powers of 1,024)."""
    found = _SIZE.fullmatch(size.strip())
    amount = round(float(found[1]) * 1024 ** (" KMGT".index(found[2].upper() or " "))) if found else 0
    if amount < _LEAST:
        raise SettingsError(
            f"{size!r} is no size of 64 MB or more", where="--memory", mend="for example --memory 2GB"
        )
    return amount


def shown(seconds: float) -> str:
    """Return a length of time for reading."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def shown_bytes(count: float) -> str:
    """Return an amount of data for reading (powers of 1,000)."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}" if unit != "bytes" else f"{count:.0f} bytes"
        count /= 1000
    return f"{count:,.3g} TB" if count < 1000 else f"{count:,.0f} TB"
