"""A Spark session: started, or a clear word why not."""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedupe.engines.spark import archive
from dedupe.engines.spark.java import existing, java_home
from dedupe.engines.spark.trouble import explained
from dedupe.errors import DedupeError, MissingExtra

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SECONDS_TO_CONNECT = 5.0
TRIES = 4
"""Times that a task may fail, on one machine as on a cluster."""
_LOGGING = Path(__file__).parent / "log4j2.properties"
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""On one machine Java mostly hands data on: compiling it to the utmost takes longer than it saves."""
_UNCHECKED = "-Darrow.enable_unsafe_memory_access=true -Darrow.enable_null_check_for_get=false"
"""Arrow looks at every bound of every value twice; Spark's writers keep to them."""
_STANDALONE = re.compile(r"spark://([^:/,]+):(\d+)")


def started(master: str | None, workers: int = 0, memory: int = 2 << 30) -> SparkSession:
    """Return a session on ``master`` (None: this machine, ``workers`` processes, 0 takes all processors).

    ``memory`` (bytes) is what the Java side may take on this machine. A session that is
    there already, as under ``spark-submit``, is taken as it is. Raises DedupeError for no pyspark,
    no Java, a wrong Java, and a master that does not answer.
    """
    if importlib.util.find_spec("pyspark") is None or importlib.util.find_spec("pandas") is None:
        raise MissingExtra(
            "needs pyspark", where="--engine spark", mend='install it with: pip install "wiretrace[spark]"'
        )
    from pyspark import SparkContext

    submitted = "PYSPARK_GATEWAY_PORT" in os.environ  # spark-submit has started Java, and knows the master
    shared = ""
    if SparkContext._active_spark_context is None and not submitted:
        home = java_home()
        if home is not None:  # that of the wheel, which lacks the classes to begin an archive with
            os.environ["JAVA_HOME"] = str(home)
        elif (java := existing(os.environ)) is not None:
            shared = archive.options(java)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    if master is not None:
        _reach(master)
    count = workers or len(os.sched_getaffinity(0))
    with explained(where=f"--master {master}" if master else "--engine spark"):
        return _session(master if submitted else master or f"local[{count},{TRIES}]", memory, shared)


def _session(master: str | None, memory: int, shared: str) -> SparkSession:
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder.appName("dedupe")
    for name, value in _options(master, memory, shared).items():
        builder = builder.config(name, value)
    if master is not None:
        builder = builder.master(master)
    with _quiet():
        session: SparkSession = builder.getOrCreate()
    here = master is not None and master.startswith("local")
    session.sparkContext.setLogLevel("OFF" if here else "ERROR")
    if here:  # what workers are forked from imports for two seconds: while this process looks at its input
        threading.Thread(target=_fork, args=(session,), daemon=True).start()
    return session


def _fork(session: SparkSession) -> None:
    with suppress(Exception):  # whatever it is, the first stage meets it, too
        session.sparkContext.parallelize([0], 1).count()


def _options(master: str | None, memory: int, shared: str) -> dict[str, str]:
    options = {
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.ui.showConsoleProgress": "false",
        "spark.python.daemon.module": "dedupe.engines.spark.daemon",
    }
    if master is not None and master.startswith("local"):
        megabytes = max(512, memory >> 20)
        java = (
            f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
            f"-Xms{megabytes // 2}m -Xmn{megabytes // 3}m",
            _QUICK,
            _UNCHECKED,
            shared,
        )
        options |= {
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": f"{megabytes}m",
            "spark.driver.extraJavaOptions": " ".join(java).strip(),
        }
    return options


def _reach(master: str) -> None:
    """Try the hosts of a standalone master: Spark itself would try for a minute."""
    hosts = _STANDALONE.findall(master)
    if master.startswith("spark:") and not hosts:
        raise DedupeError(
            "names no host and port", where=f"--master {master}", mend="write spark://HOST:7077"
        )
    problem: OSError | None = None
    for host, port in hosts:
        try:
            socket.create_connection((host, int(port)), SECONDS_TO_CONNECT).close()
            return
        except OSError as error:
            problem = error
    if problem is not None:
        raise DedupeError(
            f"the Spark master does not answer ({problem.strerror or problem})",
            where=f"--master {master}",
            mend="check host and port, or leave --master out to run on this machine",
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what Java's launcher prints before logging is set up from stderr."""
    if os.environ.get("DEDUPE_DEBUG"):
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
