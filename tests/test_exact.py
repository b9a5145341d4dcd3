import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from dedupe.reuse.exact import exact_pairs, exact_passages
from dedupe.text.tokens import TokenBatch, tokenize

compiled = settings(deadline=None)  # the first example may wait for the compiler

WORDS = st.lists(st.integers(1, 6), max_size=60)
FEW = st.lists(st.integers(1, 3), max_size=60)


def hashes(numbers: list[int]) -> np.ndarray:
    return np.array(numbers, np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def batch_of(*documents: list[int]) -> TokenBatch:
    offsets = np.cumsum([0, *map(len, documents)])
    nowhere = np.empty(0, np.int32)
    return TokenBatch(offsets, hashes([word for words in documents for word in words]), nowhere, nowhere)


def spans(a: list[int], b: list[int], **options: int) -> list[tuple[int, ...]]:
    return [tuple(row) for row in exact_passages(hashes(a), hashes(b), **options).tolist()]


def text(start: int, words: int) -> list[int]:
    return list(range(start, start + words))


def test_verbatim_passage_is_found_whole() -> None:
    shared = text(1000, 30)
    assert spans(text(0, 50) + shared + text(100, 9), shared + text(200, 40)) == [(50, 80, 0, 30)]


def test_edits_are_bridged_and_counted() -> None:
    shared = text(1000, 40)
    edited = [*shared[:10], 7, *shared[11:20], *shared[21:30], 8, 9, *shared[30:]]
    matches = exact_pairs(batch_of(shared + text(1, 5), text(50, 20) + edited), np.array([[0, 1]]))
    assert matches.spans.tolist() == [[0, 40, 20, 61]]
    assert matches.edits.tolist() == [4]


def test_passages_in_another_order_are_found_apart() -> None:
    one, two = text(1000, 20), text(2000, 25)
    assert spans(one + text(0, 30) + two, two + text(100, 30) + one) == [(0, 20, 55, 75), (50, 75, 0, 25)]


def test_repeated_passage_is_found_at_each_place() -> None:
    shared = text(1000, 15)
    found = spans(shared, shared + text(0, 40) + shared + text(50, 40) + shared)
    assert found == [(0, 15, 0, 15), (0, 15, 55, 70), (0, 15, 110, 125)]


def test_short_passages_are_left_out() -> None:
    shared = text(1000, 9)
    assert spans(text(0, 20) + shared, shared + text(50, 20)) == []
    assert spans(text(0, 20) + shared, shared + text(50, 20), min_words=9) == [(20, 29, 0, 9)]


def test_masked_words_neither_match_nor_are_bridged() -> None:
    shared = text(1000, 40)
    mask = np.zeros(40, bool)
    mask[18:21] = True
    for sides in ({"mask_a": mask}, {"mask_b": mask}, {"mask_a": mask, "mask_b": mask}):
        found = exact_passages(hashes(shared), hashes(shared), **sides)
        assert found.tolist() == [[0, 18, 0, 18], [21, 40, 21, 40]]


def test_mask_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3 entries for 4 words"):
        exact_pairs(batch_of([1, 2], [3, 4]), np.array([[0, 1]]), mask=np.zeros(3, bool))


@pytest.mark.parametrize(
    "documents", [([], []), ([1], [1]), ([1, 2, 3, 4], [1, 2, 3, 4]), ([], list(range(20)))]
)
def test_nothing_to_find(documents: tuple[list[int], list[int]]) -> None:
    assert spans(*documents) == []


def test_endless_repetition_takes_bounded_work() -> None:
    a, b = [1] * 100_000, [1] * 90_000
    assert spans(a, b)[0][2:] == (0, 90_000)
    assert len(spans([1, 2] * 20_000, [2, 1, 3] * 20_000, min_words=2)) < 100_000


@compiled
@given(WORDS, WORDS, WORDS, st.integers(3, 6), st.integers(5, 12))
def test_passages_hold_what_is_promised(
    a: list[int], shared: list[int], b: list[int], k: int, min_words: int
) -> None:
    a, b = a + shared, shared + b
    matches = exact_pairs(batch_of(a, b), np.array([[0, 1]]), k=k, min_words=min_words)
    for (a_start, a_stop, b_start, b_stop), edits in zip(matches.spans.tolist(), matches.edits, strict=True):
        assert min(a_start, b_start) >= 0 and a_stop <= len(a) and b_stop <= len(b)
        assert min(a_stop - a_start, b_stop - b_start) >= min_words
        assert a[a_start] == b[b_start] and a[a_stop - 1] == b[b_stop - 1]
        assert Levenshtein.distance(a[a_start:a_stop], b[b_start:b_stop]) <= edits
    assert matches.spans[:, [0, 2]].tolist() == sorted(matches.spans[:, [0, 2]].tolist())


@compiled
@given(FEW, st.lists(st.integers(10, 99), min_size=10, max_size=40, unique=True), FEW, FEW, FEW)
def test_a_copy_is_always_covered(
    before: list[int], shared: list[int], after: list[int], ahead: list[int], behind: list[int]
) -> None:
    a, b = before + shared + after, ahead + shared + behind
    place_a, place_b = range(len(before), len(before) + len(shared)), len(ahead)
    assert any(
        start <= place_a.start and place_a.stop <= stop and other <= place_b
        for start, stop, other, _ in spans(a, b)
    )


@compiled
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_batch_is_its_pairs(documents: list[tuple[list[int], list[int]]]) -> None:
    batch = batch_of(*[words for pair in documents for words in pair])
    pairs = np.arange(2 * len(documents)).reshape(-1, 2)
    matches = exact_pairs(batch, pairs, k=4, min_words=6)
    for index, (a, b) in enumerate(documents):
        alone = spans(a, b, k=4, min_words=6)
        assert [tuple(row) for row in matches.spans[matches.pair == index].tolist()] == alone


@compiled
@given(WORDS, st.lists(st.booleans(), min_size=60, max_size=60))
def test_no_masked_word_is_inside(words: list[int], flags: list[bool]) -> None:
    mask = np.array(flags[: len(words)], bool)
    for a_start, a_stop, b_start, b_stop in exact_passages(hashes(words), hashes(words), mask_a=mask, k=3):
        assert not mask[a_start:a_stop].any()
        assert b_stop > b_start


def test_offsets_lead_back_to_the_text() -> None:
    shared = "harbour crews towed the stranded ferry back to the old pier before the evening tide turned"
    texts = [
        f"«Été» 日本 {shared}; nobody was hurt.",
        f"Officials said on Friday: {shared.upper()} 😀 again.",
    ]
    batch = tokenize(texts)
    matches = exact_pairs(batch, np.array([[0, 1]]))
    a_start, a_stop, b_start, b_stop = matches.spans[0]
    _, starts, stops = batch.document(0)
    assert texts[0][starts[a_start] : stops[a_stop - 1]] == shared
    _, starts, stops = batch.document(1)
    assert texts[1][starts[b_start] : stops[b_stop - 1]] == shared.upper()
    assert matches.edits.tolist() == [0]
