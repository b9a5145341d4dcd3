"""Scoring of credits against labelled texts: a credit is right when its chain is equal and its span overlaps.

For unnamed media any ``generic:`` id will do; photo credits do not count as credits of text.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dedupe.provenance import catalogue, credits
from dedupe.records import Credit
from dedupe.settings import Credits

DATA = Path(__file__).parent / "data"


@functools.cache
def known() -> catalogue.Catalogue:
    """The shipped catalogue."""
    return catalogue.load()


def find(text: str, language: str | None = None, outlet: str = "", **given: Any) -> list[Credit]:
    """Credits of a text by the shipped catalogue."""
    options = {"sentences": [], "furniture": [], **given}
    return credits.find(
        text, language=language, outlet=outlet, catalogue=known(), settings=Credits(), **options
    )


def same_chain(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two chains name the same sources, unnamed media alike."""
    return len(a) == len(b) and all(
        x == y or (x.startswith("generic:") and y.startswith("generic:")) for x, y in zip(a, b, strict=True)
    )


@dataclass
class Score:
    """Counts over labelled texts, with what went wrong."""

    right: int = 0
    false: int = 0
    missed: int = 0
    chains: int = 0
    chains_right: int = 0
    negatives: int = 0
    negatives_false: int = 0
    faults: dict[str, list[str]] = field(default_factory=dict)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(1, 2 * self.right + self.false + self.missed)


def load(name: str) -> list[dict[str, Any]]:
    """The labelled texts of a file in ``tests/data``."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines() if line]


def score(examples: Iterable[dict[str, Any]]) -> Score:
    """Score the credits found in labelled texts."""
    total = Score()
    for example in examples:
        found = find(example["text"], example["language"], example.get("outlet") or "")
        left = [credit for credit in found if credit.role != "photo"]
        wanted = [gold for gold in example["credits"] if gold.get("role") != "photo"]
        faults = []
        for gold in wanted:
            hit = next(
                (
                    c
                    for c in left
                    if c.start < gold["stop"]
                    and gold["start"] < c.stop
                    and same_chain(c.chain, gold["chain"])
                ),
                None,
            )
            total.chains += len(gold["chain"]) > 1
            if hit is None:
                total.missed += 1
                faults.append(f"missed {gold['chain']}")
                continue
            left.remove(hit)
            total.right += 1
            total.chains_right += len(gold["chain"]) > 1
            if hit.role != gold.get("role", "credit"):
                faults.append(f"role {hit.role} instead of {gold.get('role')}")
        total.false += len(left)
        faults += [f"false {credit.chain} by {credit.rule}" for credit in left]
        total.negatives += not wanted
        total.negatives_false += bool(left) and not wanted
        if faults:
            total.faults[example["id"]] = faults
    return total
