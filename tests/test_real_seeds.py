"""The five real articles against their hand annotation (the data beside the project)."""

import json
from pathlib import Path

import pytest

from dedupe import pipeline
from dedupe.settings import load

REAL = Path(__file__).parents[1].parent / "shared" / "seeds"
pytestmark = pytest.mark.skipif(
    not (REAL / "gold.json").is_file(), reason="the annotated articles are not beside the project"
)


@pytest.fixture(scope="module")
def gold():
    return json.loads((REAL / "gold.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    source = folder / "articles"
    source.mkdir()
    for path in REAL.glob("*.txt"):
        (source / path.name).write_bytes(path.read_bytes())
    return pipeline.run([source], folder / "out", load())


def article(name):
    return name[:3]


def same(found, wanted):
    """A named source is itself; for unnamed media any unnamed id will do."""
    return found == wanted or (found.startswith("generic:") and wanted.startswith("generic:"))


def overlap(start, stop, span):
    return max(0, min(stop, span["end"]) - max(start, span["start"]))


def test_the_credits_are_those_of_the_annotation_and_no_more(done, gold):
    found = [(article(c["document"]), c) for c in done.table("credits").to_pylist() if c["role"] == "credit"]
    wanted = [(name, a) for name, entry in gold["articles"].items() for a in entry["attributions"]]
    assert len(found) == len(wanted) == 12
    for name, attribution in wanted:
        hits = [c for n, c in found if n == name and overlap(c["start"], c["stop"], attribution)]
        assert len(hits) == 1, attribution["surface"]
        chain = hits[0]["chain"]
        assert len(chain) == len(attribution["chain_ids"])
        assert all(same(f, w) for f, w in zip(chain, attribution["chain_ids"], strict=True))
    assert ["asahi", "kcna"] in [c["chain"] for n, c in found if n == "004"]


def test_the_sources_of_each_document_are_the_explicit_matrix(done, gold):
    for name, wanted in gold["explicit_matrix"].items():
        found = {}
        for credit in done.table("credits").to_pylist():
            if article(credit["document"]) == name and credit["role"] == "credit":
                for source in credit["chain"]:
                    key = "generic" if source.startswith("generic:") else source
                    found[key] = found.get(key, 0) + 1
        merged = {}
        for source, count in wanted.items():
            key = "generic" if source.startswith("generic:") else source
            merged[key] = merged.get(key, 0) + count
        assert found == merged, name


def pairs_matched(done, pairs):
    matches = done.table("matches").to_pylist()
    hits = []
    for pair in pairs:
        left, right = sorted((pair["left"], pair["right"]), key=lambda side: side["article"])
        for match in matches:
            if (article(match["a"]), article(match["b"])) != (left["article"], right["article"]):
                continue
            ends = ((match["a_start"], match["a_stop"], left), (match["b_start"], match["b_stop"], right))
            if all(2 * overlap(s, t, span) >= min(t - s, span["end"] - span["start"]) for s, t, span in ends):
                hits.append((pair, match))
                break
    return hits


def test_most_reworded_pairs_are_matched_and_no_trap(done, gold):
    wanted = [pair for pair in gold["pairs"] if pair["grade"] >= 2]
    hits = {pair["id"] for pair, _ in pairs_matched(done, wanted)}
    assert len(wanted) == 15 and len(hits) >= 10, sorted(hits)
    assert "P01" in hits
    across = [trap for trap in gold["traps"] if trap["left"]["article"] != trap["right"]["article"]]
    assert pairs_matched(done, across) == []


def test_four_in_five_matches_are_in_the_annotation(done, gold):
    right = 0
    matches = done.table("matches").to_pylist()
    for match in matches:
        for pair in gold["pairs"]:
            left, other = sorted((pair["left"], pair["right"]), key=lambda side: side["article"])
            if (
                (article(match["a"]), article(match["b"])) == (left["article"], other["article"])
                and overlap(match["a_start"], match["a_stop"], left)
                and overlap(match["b_start"], match["b_stop"], other)
            ):
                right += 1
                break
    assert matches and right >= 0.8 * len(matches)


def test_the_closing_sentence_came_from_reuters_and_is_credited_once(done, gold):
    first = next(pair for pair in gold["pairs"] if pair["id"] == "P01")
    ((_, match),) = pairs_matched(done, [first])
    (origin,) = [o for o in done.table("origins").to_pylist() if o["family"] == match["family"]]
    assert origin["source"] == "reuters"
    classes = {
        article(r["document"]): r["class"]
        for r in done.table("ledger").to_pylist()
        if r["family"] == match["family"]
    }
    assert classes == {"000": "credited", "004": "uncredited"}


def test_origins_are_right_where_the_annotation_is_sure(done, gold):
    sure = [pair for pair in gold["pairs"] if pair["grade"] >= 2 and pair["origin"]["confidence"] >= 0.9]
    origins = {o["family"]: o["source"] for o in done.table("origins").to_pylist()}
    hits = pairs_matched(done, sure)
    assert len(hits) >= 7
    for pair, match in hits:
        assert origins[match["family"]] in (pair["origin"]["wire"], pair["origin"]["ultimate"]), pair["id"]


def test_no_speaker_and_no_expert_is_a_source(done):
    named = {s for c in done.table("credits").to_pylist() for s in c["chain"]} | {
        o["source"] for o in done.table("origins").to_pylist()
    }
    assert not any("38" in source or "ushakov" in source.casefold() for source in named)
