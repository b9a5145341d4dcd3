"""How a spread run is cut into pieces, and what it will send and hold, told before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dedupe.stages.spread import bundles

TEXT_IN_PIECE = 32 << 20
"""Bytes of input that make one piece of what is shuffled."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How work is cut: changes no result."""

    partitions: int
    """Pieces of whatever has to come together by hash: postings, links, pairs, families."""
    block: int = 50_000
    """Documents in a block of the TF-IDF neighbours."""
    together: int = 100_000
    """Documents with matches that are judged in one piece; with more, connected components are found."""
    edges: int = 20_000_000
    """Edges of which this process finds the components; with more, the engine does, round by round."""
    pairs: int = 10_000_000
    """Pairs that this process puts in the order in which they are aligned; with more, it goes by hash."""
    translated: int = 50_000
    """Documents that are compared across languages, which this process does; with more, no one does."""


def plan_of(input_bytes: int, processors: int, partitions: int = 0) -> Plan:
    """Return how the work on so much input is cut; ``partitions`` overrides the number of pieces."""
    return Plan(partitions or max(2 * processors, -(-input_bytes // TEXT_IN_PIECE)))


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a run before it begins: pieces that it is cut into (0: one process, see ``held``), bytes that
    are sent over the network, bytes in one piece, and what one process holds, with its limit."""

    name: str
    pieces: int
    sent: int
    piece: int
    held: str = ""


DOCUMENT_BYTES = 2_080
"""Of JSON Lines a document takes about so much, …"""
WORD_BYTES = 5.9
"""… and a word, of which each has a posting of …"""
POSTING_BYTES = 19
"""… so many bytes, its document's share included."""
VECTOR_BYTES = 1_900
PAIRS_PER_DOCUMENT = 2.0
"""Of documents and pairs in the scale corpus (docs/benchmarks.md); a corpus of few stories has more."""


def steps(input_bytes: int, plan: Plan, channels: Sequence[str]) -> list[Step]:
    """Return the steps that send data, estimated from the bytes of the input alone."""
    parts = plan.partitions
    documents = max(1, input_bytes // DOCUMENT_BYTES)
    pairs = int(documents * PAIRS_PER_DOCUMENT)

    def step(name: str, sent: float, pieces: int = parts, held: str = "") -> Step:
        return Step(name, pieces, int(sent), int(sent / max(1, pieces)), held)

    found = [step("documents, by id", input_bytes), step("repeated lines, by outlet", input_bytes / 6)]
    if "shingles" in channels:
        postings = input_bytes / WORD_BYTES * POSTING_BYTES
        found.append(step("postings, by hash", postings, held="a k-gram in n documents: 19 n bytes"))
        found.append(step("links, by pair", 12 * 40 * pairs))
    if "minhash" in channels:
        found.append(step("signatures' bands, by hash", documents * 25 * 40, max(1, parts // 8) * 25))
    if "tfidf" in channels:
        blocks = -(-documents // plan.block)
        found.append(step("TF-IDF vectors, block by block", 2 * VECTOR_BYTES * documents * blocks, blocks**2))
    found.append(
        step(
            "pairs with their texts, by bundle", pairs * 1.5 * DOCUMENT_BYTES, max(1, pairs // bundles.PAIRS)
        )
    )
    ordering = f"the driver orders up to {plan.pairs:,} pairs; with more, by hash"
    found.append(step("order of pairs", 28 * pairs, 0 if pairs <= plan.pairs else parts, ordering))
    if "translated" in channels:
        held = (
            f"the driver compares up to {plan.translated:,} documents across languages; with more, none are"
        )
        found.append(step("translated", input_bytes if documents <= plan.translated else 0, 0, held))
    one = documents <= plan.together
    judging = f"one piece up to {plan.together:,} documents; with more, by connected components"
    found.append(step("families", input_bytes, 1 if one else parts, judging))
    found.append(step("origins, ledger", input_bytes * 1.2))
    return found
