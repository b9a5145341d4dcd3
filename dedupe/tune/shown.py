"""What an annotator sees of a pair: both texts with the passages marked, never a score or a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from dedupe.tune.sampling import Item

QUESTIONS = {
    "passages": "Is the marked text on one side a copy of that on the other, or both of one text "
    "(verbatim, edited, reworded or translated)?",
    "documents": "Does one of these articles reuse text of the other, or both of one text? "
    "(wholly, partially, or not)",
}
_MOVES = (("u", "unsure"), ("b", "back"), ("e", "most uncertain first"), ("f", "finish"))
KEYS = {
    "passages": (("y", "yes"), ("n", "no"), *_MOVES),
    "documents": (("w", "wholly"), ("p", "partially"), ("y", "yes"), ("n", "no"), *_MOVES),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One document of a pair: its heading, and its text as parts, marked or not."""

    heading: str
    parts: tuple[tuple[str, bool], ...]


class Texts:
    """Looks up what to show for an item in a run's tables."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        columns = ("id", "outlet", "published", "title", "text")
        documents = tables["documents"].select(columns).to_pylist()
        self._documents: dict[str, dict[str, Any]] = {row["id"]: row for row in documents}
        table = tables["candidates"]
        names = ("a", "b", "a_start", "a_stop", "b_start", "b_stop")
        self._spans: dict[tuple[str, str], list[tuple[int, ...]]] = {}
        for a, b, *spans in zip(*(table[name].to_pylist() for name in names), strict=True):
            self._spans.setdefault((a, b), []).append(tuple(spans))

    def sides(self, item: Item) -> tuple[Side, Side]:
        """Return both sides. A pair of whole documents has all candidates marked, accepted or not."""
        a, b, spans = item.key
        found = [spans] if spans else self._spans.get((a, b), [])
        return (
            self._side(a, [(one[0], one[1]) for one in found]),
            self._side(b, [(one[2], one[3]) for one in found]),
        )

    def _side(self, name: str, spans: Sequence[tuple[int, int]]) -> Side:
        row = self._documents[name]
        heading = " · ".join(str(row[part]) for part in ("outlet", "published", "title") if row[part])
        return Side(heading or name, tuple(marked(row["text"], spans)))


def marked(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Return a text as parts in order, each with whether a span covers it."""
    parts: list[tuple[str, bool]] = []
    reached = 0
    for start, stop in sorted(spans):
        begin = max(start, reached)
        if begin >= stop:
            continue
        if begin > reached or not parts:
            parts.append((text[reached:begin], False))
        parts.append((text[begin:stop], True))
        reached = stop
    parts.append((text[reached:], False))
    return [part for part in parts if part[0]]
