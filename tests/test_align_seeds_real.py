"""Acceptance: the five real articles beside the project, against their hand-made gold pairs."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from dedupe.records import Passage
from dedupe.reuse.align import align, prepare
from dedupe.settings import Align
from dedupe.text.boilerplate import furniture

SEEDS = Path(__file__).parents[1].parent / "shared" / "seeds"
Reported = list[tuple[str, str, Passage]]


@pytest.fixture(scope="module")
def gold() -> dict[str, Any]:
    if not (SEEDS / "gold.json").exists():
        pytest.skip(f"{SEEDS} is not here: the five real articles cannot be aligned")
    return json.loads((SEEDS / "gold.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reported(gold: dict[str, Any]) -> Reported:
    texts = {path.name[:3]: path.read_bytes().decode() for path in sorted(SEEDS.glob("*.txt"))}
    ready = {name: prepare(text, language="id", furniture=furniture(text)) for name, text in texts.items()}
    return [
        (a, b, passage)
        for a, b in itertools.combinations(ready, 2)
        for passage in align(ready[a], ready[b], Align())
        if passage.accepted
    ]


def hits(reported: Reported, pair: dict[str, Any]) -> Reported:
    """The reported passages that share half of the shorter span with the pair, on both sides."""
    left, right = sorted((pair["left"], pair["right"]), key=lambda side: side["article"])

    def same(start: int, stop: int, side: dict[str, Any]) -> bool:
        shared = min(stop, side["end"]) - max(start, side["start"])
        return 2 * shared >= min(stop - start, side["end"] - side["start"])

    return [
        (a, b, p)
        for a, b, p in reported
        if (a, b) == (left["article"], right["article"])
        and same(p.a_start, p.a_stop, left)
        and same(p.b_start, p.b_stop, right)
    ]


def test_most_shared_sentences_are_found(gold: dict[str, Any], reported: Reported) -> None:
    found = [pair["id"] for pair in gold["pairs"] if pair["grade"] >= 2 and hits(reported, pair)]
    assert len(found) >= 10
    assert "P01" in found


def test_no_trap_is_taken(gold: dict[str, Any], reported: Reported) -> None:
    assert [trap["why"] for trap in gold["traps"] if hits(reported, trap)] == []


def test_what_is_reported_is_in_the_gold(gold: dict[str, Any], reported: Reported) -> None:
    graded = [one for one in reported if any(one in hits(reported, pair) for pair in gold["pairs"])]
    assert len(graded) >= 0.8 * len(reported)
