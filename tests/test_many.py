"""Aligning many pairs at once gives, for each, what aligning it by itself gives."""

from __future__ import annotations

from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.records import Document
from dedupe.reuse.align import prepare
from dedupe.reuse.background import NOTHING, Background, background
from dedupe.reuse.columns import Passages
from dedupe.reuse.guards import guards
from dedupe.reuse.kernels_passages import _sum
from dedupe.reuse.many import _figures, _tripped, cut_many
from dedupe.settings import Settings, load
from dedupe.stages import candidates
from dedupe.stages.align import AlignBundles, aligned, bundled
from dedupe.stages.documents import documents_table
from dedupe.stages.text import MarkFurniture
from dedupe.text.tokens import tokenize

WORDS = """harbour storms cod prices valley school boats keeper lantern winter 14 3,500 2024 Brandt Ilse Moravia
never not tanpa the of to a in was by council minister said bridge ferry reopened engineers tide lamp oil""".split()  # noqa: SIM905
ENDS = [". ", ". ", ".\n", "!\n\n", ", ", " - ", "; "]

clause = st.lists(st.sampled_from(WORDS), min_size=3, max_size=14).map(" ".join)
sentence = st.tuples(clause, st.sampled_from(ENDS)).map("".join)
edit = st.tuples(st.integers(0, 200), st.sampled_from(WORDS))


@st.composite
def corpora(draw: st.DrawFn) -> list[str]:
    """A text, and others that take from it or from one another: verbatim, edited, reordered, alone."""
    texts = ["".join(draw(st.lists(sentence, min_size=1, max_size=12)))]
    for _ in range(draw(st.integers(1, 3))):
        words = draw(st.sampled_from(texts)).split(" ")
        start = draw(st.integers(0, max(0, len(words) - 10)))
        words = words[start : start + draw(st.integers(1, 80))]
        for place, word in draw(st.lists(edit, max_size=6)):
            words[place % len(words)] = word
        before, after = (draw(st.lists(sentence, max_size=4)) for _ in range(2))
        texts.append("".join(before) + " ".join(words) + ". " + "".join(after))
    return texts


def documents(texts: list[str], languages: list[str | None]) -> pa.Table:
    table = documents_table(
        [
            Document(f"d{n}", text, f"outlet {n}", language=languages[n % len(languages)])
            for n, text in enumerate(texts)
        ]
    )
    marked = MarkFurniture()(table)
    for name in ("furniture", "sentences"):
        table = table.append_column(name, marked[name])
    return table


def both(table: pa.Table, chosen: Settings, known: Background) -> tuple[pa.Table, pa.Table]:
    """Return what `AlignBundles` gives for all pairs of documents, and what each pair gives by itself."""
    pairs = [(a, b) for a in range(table.num_rows) for b in range(a + 1, table.num_rows)]
    said = {"channels": ["shingles"], "jaccard": 0.5, "minhash": None, "tfidf": None}
    rows = [{"a": a, "b": b, **said} for a, b in pairs]
    found = pa.Table.from_pylist(rows, schema=candidates.FOUND)
    bundles = pa.concat_tables(candidates.bundles(table, found, 4))
    sides = [
        (f"d{number}", prepare(row["text"], language=row["language"], background=known,
                               furniture=bundled_furniture(row)))
        for number, row in enumerate(table.to_pylist())
    ]  # fmt: skip
    alone = ((sides[row["a"]], sides[row["b"]], row) for row in rows)
    return AlignBundles(chosen, known)(bundles), aligned(alone, chosen, beads=True)


def bundled_furniture(row: dict[str, object]) -> list[object]:
    from dedupe.stages.columns import spans

    return list(spans(row["furniture"]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "assignments",
    [
        [],
        ["align.reworded=false"],
        ["align.min_words=6", "align.min_telling=0.0", "align.k=4"],
        ["align.edge=line", "align.gap=2", "align.solid_words=14"],
        ["align.edge=sentence", "align.floor=0.0", "align.min_score=0.2", "align.strength=4.0"],
        ["align.condensed_cosine=0.2"],
        ["align.wrapped=true"],
    ],
    ids=" ".join,
)
@settings(max_examples=60, deadline=None)
@given(corpora(), st.booleans(), st.sampled_from([[None], ["en"], ["id", "en", None]]))
def test_each_pair_is_aligned_as_by_itself(
    assignments: list[str], texts: list[str], counted: bool, languages: list[str | None]
) -> None:
    chosen = load(None, assignments)
    known = background(tokenize(texts * 200)) if counted else NOTHING
    if chosen.align.wrapped:
        texts = [text.replace("\n", "\n\n") for text in texts]
    together, alone = both(documents(texts, languages), chosen, known)
    assert together.to_pylist() == alone.to_pylist()


def test_texts_of_other_scripts_and_hostile_ones() -> None:
    shared = "Le pêcheur d’Étretat n'a jamais vu 3 600 goélands — « jamais », dit-il — au-dessus du phare"
    texts = [
        "",
        "...",
        f"{shared}. Encore.",
        f"Hier: {shared.replace('3 600', '4 100')} \x00 \U0001f41f fin.",
        "東京で首脳会談が開かれた。両首脳は漁業協定に署名し、港の再開を約束したと述べた。" * 3,
        "昨日、東京で首脳会談が開かれた。両首脳は漁業協定に署名し、港の再開を約束したと述べた。",
        "storms " * 400,
        "storms " * 90 + "\r\n- -- --- ---- - x " * 20,
    ]
    together, alone = both(documents(texts, [None]), Settings(), NOTHING)
    assert together.to_pylist() == alone.to_pylist()
    assert sum(row["passages"] for row in together.to_pylist()) >= 3


def test_a_pair_too_large_for_the_common_table_is_aligned_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dedupe.reuse import many, seeded

    for module in (many, seeded):
        monkeypatch.setattr(module, "AREA", 2)
    left = (
        "Storms kept the small boats in the harbour at Moravia. " * 3 + "The ferry reopened. The tide fell."
    )
    right = "In Moravia harbour the small boats were kept by storms, said Ilse Brandt. The council met. It rained."
    together, alone = both(documents([left, right], ["en"]), Settings(), NOTHING)
    assert together.to_pylist() == alone.to_pylist()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 1, width=32), max_size=400))
def test_sums_are_those_of_numpy_to_the_last_bit(values: list[float]) -> None:
    array = np.array(values, np.float32)
    assert _sum(array) == array.sum()


@settings(max_examples=150, deadline=None)
@given(corpora(), st.sampled_from([None, "en", "id"]))
def test_no_guard_is_missed(texts: list[str], language: str | None) -> None:
    """Where guards are looked for only if there is reason to, none is lost."""
    table = documents(texts[:2], [language])
    bundle = bundled(table, NOTHING)
    known = prepare(texts[0], language=language), prepare(texts[1], language=language)
    own = bundle.prepared(0), bundle.prepared(1)
    n, m = len(own[0].hashes), len(own[1].hashes)
    if n and m:
        assert guards(*own, (0, n), (0, m)) == guards(*known, (0, n), (0, m))


@settings(max_examples=300, deadline=None)
@given(
    st.randoms(use_true_random=False), st.integers(1, 330), st.sampled_from([["en"], ["id", "en"], [None]])
)
def test_guards_of_passages_together_are_those_of_each(
    random: Random, length: int, languages: list[str | None]
) -> None:
    """Negation is told in the compiled loop: by the same rule, in short passages and in long ones."""
    told = ["not", "never", "tidak", "Ilse", "40", "50"]
    left, right = ([f"{side}{at}" for at in range(length)] for side in "ab")
    for at in range(length):  # few words in common, so that it matters which ones stand near
        if random.random() < 0.1:
            left[at] = right[random.randrange(length)] = f"c{at}"
    for words in (left, right):
        words[random.randrange(length)] = random.choice(told)
    bundle = bundled(documents([" ".join(left), " ".join(right)], languages), NOTHING)
    row, pairs = np.zeros(1, np.int32), np.array([[0, 1]], np.int32)
    blocks = np.array([[0, length, 0, length]], np.int32)
    bits = _figures(bundle, pairs, row, blocks, np.ones(1, np.int32))[1]
    sides = map(bundle.prepared, range(2))
    assert _tripped(pairs, row, blocks, bits, bundle.prepared) == [guards(*sides, (0, length), (0, length))]


def test_a_bead_and_a_passage_at_one_place_come_in_the_order_of_the_passages() -> None:
    left = "Storms kept the small boats in the harbour at Moravia all winter. The council met at the lamp school today. "
    right = "All winter the boats kept in Moravia harbour by small storms. Today the school council met at a lamp. "
    bundle = bundled(documents([left * 2, right * 2], ["en"]), NOTHING)
    pairs = np.array([[0, 1]], np.int32)

    def cut(words_at: np.ndarray, spans: np.ndarray, scores: list[float]) -> Passages:
        n = len(scores)
        found = Passages(
            np.zeros(n, np.int32), words_at, spans, np.full(n, 2, np.int8), np.ones(n, np.bool_),
            np.array(scores), np.ones(n, np.bool_), [()] * n, *np.zeros((3, n)), np.zeros((n, 5)),
            *np.zeros((2, n)), 0.0,
        )  # fmt: skip
        return cut_many(bundle, pairs, found, 6, ready=bundle.prepared)

    words = np.diff(bundle.batch.offsets)
    words_at = np.array([[0, words[0], 0, words[1]]], np.int32)
    spans = np.array([[0, len(left) * 2, 0, len(right) * 2]], np.int32)
    alone = cut(words_at, spans, [0.7])
    assert len(alone) > 2
    both = cut(np.vstack((words_at, alone.words_at[1:2])), np.vstack((spans, alone.spans[1:2])), [0.7, 0.9])
    assert both.score.tolist() == [0.7, 0.7, 0.9, *[0.7] * (len(alone) - 2)]
