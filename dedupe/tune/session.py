"""A labelling session: what comes next, what was answered, and a log that survives a kill at any point.

The log is JSON Lines: the sampling design first, then one line per answer or undo, each on disk
before the next pair is shown. ``dedupe tune`` reads the log as it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from dedupe.errors import DedupeError
from dedupe.tune.labels import Key
from dedupe.tune.sampling import Item, Plan

ANSWERS = {"y": "yes", "n": "no", "u": "unsure", "w": "wholly", "p": "partially"}


class SessionError(DedupeError):
    """A log that cannot be gone on with."""


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Session:
    """One annotator's answers on a plan. Make with `open_session`, close with `close`."""

    plan: Plan
    annotator: str
    log: IO[bytes]
    done: list[Key]
    uncertain: bool = False
    clock: Callable[[], str] = _now
    _again: Item | None = None

    @property
    def current(self) -> Item | None:
        """The pair to label now; None when all were answered."""
        if self._again is not None:
            return self._again
        answered = set(self.done)
        for item in (*(self.plan.uncertain if self.uncertain else ()), *self.plan.order):
            if item.key not in answered:
                return item
        return None

    def answer(self, key: str) -> bool:
        """Record an answer (a key of ``ANSWERS``) to the current pair; False when there is none."""
        item = self.current
        if item is None or key not in ANSWERS:
            return False
        a, b, spans = item.key
        sharp = self.uncertain and item in self.plan.uncertain
        row: dict[str, Any] = {"a": a, "b": b, "label": ANSWERS[key], "annotator": self.annotator}
        if spans:
            row |= dict(zip(("a_start", "a_stop", "b_start", "b_stop"), spans, strict=True))
        row |= {
            "story": item.story, "time": self.clock(), "sampling": "uncertain" if sharp else "random",
            "cell": item.cell,
        }  # fmt: skip
        self._write(row)
        self.done.append(item.key)
        self._again = None
        return True

    def back(self) -> bool:
        """Take the last answer back and show that pair again; False when there is none."""
        if not self.done:
            return False
        a, b, spans = key = self.done[-1]
        self._write({"undo": {"a": a, "b": b, "spans": spans, "annotator": self.annotator}})
        self.done.pop()
        self._again = next(item for item in (*self.plan.order, *self.plan.uncertain) if item.key == key)
        return True

    def prefer_uncertain(self, on: bool) -> None:
        """Offer the most uncertain pairs first, or no longer."""
        self.uncertain = on
        self._again = None

    def close(self) -> None:
        """Close the log."""
        self.log.close()

    def _write(self, row: dict[str, Any]) -> None:
        self.log.write(json.dumps(row).encode() + b"\n")
        self.log.flush()
        os.fsync(self.log.fileno())


def open_session(path: Path, plan: Plan, annotator: str, clock: Callable[[], str] = _now) -> Session:
    """Begin a log, or go on with one. Raises SessionError when it belongs to another sample."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        log = path.open("a+b")
    except OSError as error:
        raise SessionError(
            f"cannot be written: {error.strerror}", where=str(path), mend="name another file with -o"
        ) from error
    try:
        _lock(log, path)
        log.seek(0)
        text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        log.truncate(len(whole))  # a write that was cut short was never shown as saved
        session = Session(plan, annotator, log, [], clock=clock)
        if whole:
            _resume(session, whole, path)
        else:
            session._write({"design": dict(plan.design)})
    except BaseException:
        log.close()
        raise
    return session


def _resume(session: Session, text: bytes, path: Path) -> None:
    lines = text.decode("utf-8", "replace").splitlines()
    try:
        rows = [json.loads(line) for line in lines if line.strip()]
        design = rows[0]["design"]
        known = {item.key for item in (*session.plan.order, *session.plan.uncertain)}
        for row in rows[1:]:
            undone = row.get("undo")
            about = undone or row
            if about["annotator"] != session.annotator:
                continue
            spans = (
                about["spans"]
                if undone
                else [about.get(name) for name in ("a_start", "a_stop", "b_start", "b_stop")]
            )
            key: Key = (about["a"], about["b"], tuple(spans) if spans and spans[0] is not None else None)
            if undone:
                session.done.remove(key)
            elif key in known:
                session.done.append(key)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise SessionError(
            "is not a labelling log", where=str(path), mend="name another file with -o"
        ) from error
    if design != json.loads(json.dumps(dict(session.plan.design))):
        raise SessionError(
            "was begun on another run, unit or seed",
            where=str(path),
            mend="go on with that, or name another file with -o",
        )


def _lock(log: IO[bytes], path: Path) -> None:
    """Keep a second labelling from writing the same log, where the system can."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SessionError(
            "is open in another labelling", where=str(path), mend="close that, or name another file"
        ) from error
