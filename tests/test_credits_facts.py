"""Acceptance on the labelled material that lies beside the repository; skipped where it is absent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from credit_scoring import find, same_chain

from dedupe.text.boilerplate import furniture
from dedupe.text.sentences import split

SHARED = Path(__file__).parents[1].parent / "shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled material is not on this machine")


def _examples() -> Iterator[tuple[str, str, dict[str, Any]]]:
    facts = json.loads((SHARED / "facts/credits.json").read_text("utf-8"))
    for language, group in facts["languages"].items():
        for phrase in group["phrases"]:
            for example in phrase["examples"]:
                yield language, phrase["id"], example
    for rule in facts["negatives"]:
        for example in rule["examples"]:
            yield rule["lang"], rule["id"], example


def test_every_example_comes_out_as_expected() -> None:
    wrong = []
    for language, name, example in _examples():
        left = [credit for credit in find(example["text"], language) if credit.role != "photo"]
        for gold in example["expected"]:
            at = gold["mentions"][0]
            hits = [
                c
                for c in left
                if c.start < at["end"] and at["start"] < c.stop and list(c.chain) == gold["chain"]
            ]
            if not hits:
                wrong.append((name, "missed", gold["chain"]))
                continue
            left.remove(hits[0])
            for cover in gold["covers"]:
                inside = [min(c.stop, cover["end"]) - max(c.start, cover["start"]) for c in hits[0].covers]
                if sum(max(0, length) for length in inside) < 0.5 * (cover["end"] - cover["start"]):
                    wrong.append((name, "cover", gold["chain"]))
        wrong += [(name, "false", credit.chain) for credit in left]
    assert not wrong


def test_seed_articles_are_exact_with_coverage() -> None:
    gold = json.loads((SHARED / "seeds/gold.json").read_text("utf-8"))
    expected = sentences_in_all = beyond = 0
    for article in gold["articles"].values():
        text = (SHARED / "seeds" / article["file"]).read_text("utf-8")
        spans = split(text, "id")
        found = find(text, "id", article["outlet"]["name"], sentences=spans, furniture=furniture(text))
        assert len(found) == len(article["attributions"])
        for one in article["attributions"]:
            expected += 1
            hits = [
                c
                for c in found
                if c.start < one["end"] and one["start"] < c.stop and same_chain(c.chain, one["chain_ids"])
            ]
            assert len(hits) == 1, one["surface"]
            for cover in one["covers"]:
                if cover["strength"] == "certain":
                    assert any(
                        c.start < cover["end"] and cover["start"] < c.stop and c.strength != "possible"
                        for c in hits[0].covers
                    ), (one["surface"], cover)
        golden = [
            (cover["start"], cover["end"]) for one in article["attributions"] for cover in one["covers"]
        ]
        covered = [c for credit in found for c in credit.covers if c.strength != "possible"]
        for start, stop, _ in spans:
            sentences_in_all += 1
            ours = any(c.start < stop and start < c.stop for c in covered)
            beyond += ours and not any(a < stop and start < b for a, b in golden)
    assert expected == 12
    assert beyond <= 0.05 * sentences_in_all


def test_historical_newspapers() -> None:
    right = false = missed = 0
    for line in (SHARED / "bench/newsagency-dev.jsonl").read_text("utf-8").splitlines():
        document = json.loads(line)
        found = [m for c in find(document["text"], document["language"]) for m in c.mentions]
        marked = [m for m in document["mentions"] if m[2] != "articleauthor"]
        for start, stop, _ in marked:
            hits = [m for m in found if m.start < stop and start < m.stop]
            right += bool(hits)
            missed += not hits
        every = document["mentions"]
        false += sum(not any(m.start < b and a < m.stop for a, b, _ in every) for m in found)
    assert 2 * right / (2 * right + false + missed) >= 0.85
