"""Labelling in the terminal: one key per pair, or one line per pair from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from dedupe.tune.session import ANSWERS, Session
from dedupe.tune.shown import KEYS, QUESTIONS, Side, Texts

CONTEXT = 400
"""Characters of unmarked text that are shown around a passage."""


def label(session: Session, texts: Texts, keys: Iterator[str], write: Callable[[str], None]) -> int:
    """Show pairs and take keys until the annotator finishes or everything is answered.

    ``keys`` yields one-letter answers; its end finishes. Returns the number of answers given so far.
    """
    unit = str(session.plan.design["unit"])
    hint = "  ".join(f"[{key}] {name}" for key, name in KEYS[unit])
    while (item := session.current) is not None:
        a, b = texts.sides(item)
        head = f"\n{'─' * 72}\n{len(session.done)} answered"
        write("\n\n".join((head, f"A  {_side(a)}", f"B  {_side(b)}", f"{QUESTIONS[unit]}\n{hint}\n")))
        key = next(keys, "f")
        while key not in dict(KEYS[unit]):
            write(f"{_sound(key)!r} is no answer. {hint}\n")
            key = next(keys, "f")
        if key == "f":
            break
        if key == "b":
            write("" if session.back() else "There is nothing to take back.\n")
        elif key == "e":
            session.prefer_uncertain(not session.uncertain)
            write(f"Most uncertain pairs first: {'on' if session.uncertain else 'off'}.\n")
        elif key in ANSWERS:
            session.answer(key)
    write(f"{len(session.done)} answered\n")
    return len(session.done)


def _side(side: Side) -> str:
    pieces = []
    for place, (text, is_marked) in enumerate(side.parts):
        if is_marked:
            pieces.append(f"»»{text}««")
        elif len(text) <= 2 * CONTEXT:
            pieces.append(text)
        else:
            first = text[:CONTEXT] if place or len(side.parts) == 1 else ""
            last = text[-CONTEXT:] if place < len(side.parts) - 1 else ""
            pieces.append(f"{first} … {last}")
    return _sound(f"{side.heading}\n\n{''.join(pieces)}")


def _sound(text: str) -> str:
    """Replace what could steer a terminal (control characters) or cannot be written (lone surrogates)."""
    return "".join(c if c in "\n\t" or c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def keys_of(stream: TextIO, getchar: Callable[[], str]) -> Iterator[str]:
    """Yield the first letter of each line of a pipe, or each key pressed on a terminal (``getchar``)."""
    if not stream.isatty():
        for line in stream:
            yield line.strip()[:1].lower()
        return
    while (key := getchar()) not in ("\x03", "\x04"):
        yield key.lower()


def write_out(text: str) -> None:
    """Write to stdout what its encoding can carry."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()
