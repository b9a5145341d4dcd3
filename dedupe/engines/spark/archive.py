"""Java's classes as it had them loaded, kept between runs (class data sharing).

Of a run over few documents Java spends a third on finding, checking and linking some twenty thousand
classes. The first run on a machine leaves them in a file of about 200 MB in the user's cache folder when it
has ended; later ones map it. Java itself checks that the file is of this Java and of these jars, and does
without it otherwise.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import time
from contextlib import suppress
from pathlib import Path

from dedupe.text.normal import cache_folder

DAYS = 30
"""A file that no run has used for so long is removed, as that of a Java or Spark that is gone."""


def options(java: Path) -> str:
    """Return the options that ``java`` is started with to use the file, or to leave one."""
    try:
        path = _path(java)
        path.parent.mkdir(parents=True, exist_ok=True)
        _tidy(path.parent)
        whole = _is_whole(path)
        if whole:
            os.utime(path)
    except (OSError, RuntimeError):  # no such folder can be; RuntimeError: there is no home
        return ""
    if " " in str(path):  # Spark cuts options at spaces
        return ""
    return f"-Xshare:auto -XX:{'SharedArchiveFile' if whole else 'ArchiveClassesAtExit'}={path}"


def _path(java: Path) -> Path:
    """Return the file for this Java and this Spark."""
    spark = importlib.util.find_spec("pyspark")
    jars = Path(spark.origin if spark and spark.origin else "").parent / "jars"
    java = java.resolve()
    state = f"{java} {java.stat().st_mtime_ns} {jars} {jars.stat().st_mtime_ns}"
    return cache_folder() / f"spark-{hashlib.sha256(state.encode()).hexdigest()[:16]}.jsa"


def _is_whole(path: Path) -> bool:
    """Whether Java wrote it to its end: the first bytes it writes last."""
    return path.exists() and any(path.open("rb").read(4))


def _tidy(folder: Path) -> None:
    for path in folder.glob("spark-*.jsa"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - DAYS * 86_400:
                path.unlink()
