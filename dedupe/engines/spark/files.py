"""Where kept tables lie: a folder that all executors can write to, through Hadoop's file systems."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):/+")


def url_of(path: Path | str) -> str | None:
    """Return the URL that a path is, or None for a path on this machine (``pathlib`` takes a slash away)."""
    text = str(path)
    found = _URL.match(text)
    if found is None:
        return None
    slashes = "///" if found[1].lower() == "file" else "//"
    return f"{found[1]}:{slashes}{text[found.end() :]}"


def local_path(url: str) -> str | None:
    """Return the path of a file on this machine that Spark names by a URL, or None for another place."""
    found = urlsplit(url)
    return unquote(found.path) if found.scheme == "file" else None


class Store:
    """A folder of kept tables, ``base`` a URL."""

    def __init__(self, session: SparkSession, base: str) -> None:
        self._session = session
        self.base = base.rstrip("/")

    def path(self, name: str) -> str:
        """Return the URL of a table's folder."""
        return f"{self.base}/{name}"

    def is_whole(self, name: str) -> bool:
        """Whether a table was written to its end."""
        return bool(self._system().exists(self._path(f"{self.base}/{name}/_SUCCESS")))

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        self._system().delete(self._path(self.base), True)

    def write(self, name: str, text: str) -> None:
        """Write a small file beside the tables."""
        stream = self._system().create(self._path(f"{self.base}/{name}"), True)
        stream.write(bytearray(text, "utf-8"))
        stream.close()

    def text(self, name: str) -> str | None:
        """Return what such a file holds, or None where there is none."""
        path = self._path(f"{self.base}/{name}")
        if not self._system().exists(path):
            return None
        stream = self._system().open(path)
        found = bytes(stream.readAllBytes()).decode("utf-8", "replace")
        stream.close()
        return found

    def _path(self, url: str) -> Any:
        jvm: Any = self._session.sparkContext._jvm
        return jvm.org.apache.hadoop.fs.Path(url)

    def _system(self) -> Any:
        context: Any = self._session.sparkContext
        return self._path(self.base).getFileSystem(context._jsc.hadoopConfiguration())
