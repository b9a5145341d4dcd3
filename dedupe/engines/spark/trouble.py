"""What goes wrong on Spark, said in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from dedupe.errors import DedupeError, InputError, RunError

_CAUSES: tuple[tuple[str, type[DedupeError], str, str], ...] = (
    (r"No space left on device|Disk quota exceeded|DiskErrorException", RunError,
     "the disk is full", "make room, or give another folder with -o (and spark.local.dir for what Spark puts aside)"),
    (r"PATH_NOT_FOUND|Path does not exist|FileNotFoundException|does not exist: ", InputError,
     "no such file or folder", "check the path, and that every executor can reach it"),
    (r"Permission denied|AccessControlException|AccessDenied|403 Forbidden", InputError,
     "may not be read or written", "check the rights of the user that runs Spark"),
    (r"No FileSystem for scheme|UnsupportedFileSystemException|ClassNotFoundException: .*FileSystem", InputError,
     "Spark does not know this kind of path", "add the file system's package with spark.jars.packages"),
    (r"UnknownHostException|Connection refused|ConnectException|NoRouteToHost", InputError,
     "the store does not answer", "check the host and port in the path"),
    (r"All masters are unresponsive|Master removed our application|Could not parse Master URL|"
     r"Could not parse master|Invalid master URL|yarn\.YarnException|KubernetesClientException|"
     r"when running with master 'yarn'", DedupeError,
     "the Spark master does not answer or is not known", "check --master, or leave it out to run on this machine"),
    (r"OutOfMemoryError|Java heap space|GC overhead", RunError,
     "Spark ran out of memory", "give more with --memory (on a cluster: spark.executor.memory), or more --partitions"),
    (r"JAVA_GATEWAY_EXITED|Java gateway process exited|UnsupportedClassVersionError", DedupeError,
     "Java did not start", "set DEDUPE_DEBUG=1 to see what it said, or set JAVA_HOME to a Java of version 17 or newer"),
    (r"ModuleNotFoundError: No module named 'dedupe'", DedupeError,
     "the executors do not have this package", "ship the environment with --archives, see docs/spark.md"),
)  # fmt: skip
_MINE = re.compile(r"(?:dedupe\.errors\.)(\w+Error|MissingExtra): (.+)")
_PATH = re.compile(r"(?:Path does not exist: |path |File )((?:[a-z][a-z0-9+.-]*:)?/\S+)")


def trouble(error: BaseException, where: str) -> DedupeError | None:
    """Return what the user can mend about an error of Spark's, or None where it is a defect."""
    said = str(error)
    own = _MINE.search(said)
    if own is not None:  # raised in a kernel, and told in a traceback
        return DedupeError(own[2].strip().rstrip("."))
    for pattern, kind, what, mend in _CAUSES:
        if re.search(pattern, said):
            path = _PATH.search(said)
            return kind(what, where=path[1].rstrip(".,;") if path else where, mend=mend)
    return None


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn errors of Spark that the user can mend into a DedupeError that says where."""
    try:
        yield
    except DedupeError:
        raise
    except Exception as error:
        found = trouble(error, where)
        if found is None:  # a defect; of Java's traces the first line says what
            raise RuntimeError(str(error).partition("\n\tat ")[0]) from error
        raise found from error
