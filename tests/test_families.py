"""Families against an obvious oracle: connected components of matches and overlaps."""

from itertools import pairwise

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from dedupe.reuse.families import Side, families, further, group


def sides(document, start, length):
    return Side(document, start, start + length)


side = st.builds(sides, st.integers(0, 5), st.integers(0, 200), st.integers(10, 80))
matches = st.lists(st.tuples(side, side).filter(lambda m: m[0].document < m[1].document), max_size=12)


@given(matches)
def test_every_match_is_in_one_family_and_inside_its_members(found):
    result = families(found, overlap=0.5)
    assert sorted(i for family in result for i in family.matches) == list(range(len(found)))
    for family in result:
        for index in family.matches:
            for one in found[index]:
                assert any(
                    m.document == one.document and m.start <= one.start < one.stop <= m.stop
                    for m in family.members
                )


@given(matches, st.randoms(use_true_random=False))
def test_order_of_matches_changes_nothing(found, random):
    shuffled = found[:]
    random.shuffle(shuffled)
    members = sorted(family.members for family in families(found, overlap=0.5))
    assert sorted(family.members for family in families(shuffled, overlap=0.5)) == members


def test_copies_of_one_dispatch_are_one_family():
    dispatch = Side(0, 0, 300)
    found = [(dispatch, Side(n, 50 * n, 50 * n + 300)) for n in range(1, 30)]
    (family,) = families(found, overlap=0.5)
    assert len(family.members) == 30


def test_viral_passage_with_ragged_edges_is_one_family():
    found = [(Side(0, n % 7, 300 - n % 5), Side(n, 10, 300)) for n in range(1, 1000)]
    (family,) = families(found, overlap=0.5)
    assert len(family.members) == 1000


def test_a_round_up_does_not_fuse_two_stories():
    round_up = 0
    found = [
        (Side(round_up, 0, 1000), Side(1, 0, 1000)),  # the whole round-up was copied
        (Side(round_up, 100, 200), Side(2, 0, 100)),  # one story in it
        (Side(round_up, 700, 800), Side(3, 0, 100)),  # another
    ]
    result = families(found, overlap=0.5)
    together = [{m.document for m in family.members} for family in result]
    assert not any({2, 3} <= documents for documents in together)


def test_a_chain_of_copies_that_share_nothing_at_its_ends_is_not_one_family():
    found = [
        (Side(0, 0, 100), Side(1, 0, 100)),
        (Side(1, 50, 150), Side(2, 0, 100)),  # half of it
        (Side(2, 50, 150), Side(3, 0, 100)),  # nothing of the first
    ]
    result = families(found, overlap=0.5)
    assert not any({0, 3} <= {m.document for m in family.members} for family in result)


def test_a_document_may_hold_the_text_twice():
    found = [(Side(0, 0, 100), Side(1, 0, 100)), (Side(0, 0, 100), Side(1, 500, 600))]
    (family,) = families(found, overlap=0.5)
    assert family.members == (Side(0, 0, 100), Side(1, 0, 100), Side(1, 500, 600))


def test_neighbouring_passages_do_not_join():
    found = [(Side(0, 0, 100), Side(1, 0, 100)), (Side(0, 80, 200), Side(2, 0, 120))]
    result = families(found, overlap=0.5)
    assert [len(family.members) for family in result] == [2, 2]
    assert all(a.members < b.members for a, b in pairwise(result))


def members_of(found, grouping):
    """Every family's documents, further ones included."""
    documents = [
        set(grouping.members[start:stop, 0].tolist()) for start, stop in pairwise(grouping.bounds.tolist())
    ]
    for family, match, side, *_ in further(found, grouping, overlap=0.5).tolist():
        documents[family].add(int(found[match, 1 - side, 0]))
    return documents


def test_who_printed_a_paragraph_stands_in_its_family_however_outlets_cut_the_dispatch():
    dispatch = 0
    cuts = [(0, 300), (200, 500), (250, 300), (400, 700), (650, 900)]
    found = np.array(
        [(Side(dispatch, *cut), Side(n, 0, cut[1] - cut[0])) for n, cut in enumerate(cuts, start=1)], np.int32
    )
    documents = members_of(found, group(found, overlap=0.5))
    for n, (start, stop) in enumerate(cuts, start=1):
        for m, (first, last) in enumerate(cuts, start=1):
            if 2 * (min(stop, last) - max(start, first)) >= min(stop - start, last - first):
                assert any({n, m} <= family for family in documents), (n, m)
            elif min(stop, last) <= max(start, first):
                assert not any({n, m} <= family for family in documents), (n, m)


def test_a_copy_of_a_round_up_stands_in_the_family_of_each_story():
    found = np.array(
        [
            (Side(0, 0, 1000), Side(1, 0, 1000)),
            (Side(0, 100, 200), Side(2, 0, 100)),
            (Side(0, 700, 800), Side(3, 0, 100)),
        ],
        np.int32,
    )
    documents = members_of(found, group(found, overlap=0.5))
    assert any({1, 2} <= family for family in documents)
    assert any({1, 3} <= family for family in documents)
    assert not any({2, 3} <= family for family in documents)


@given(matches.filter(bool))
@example(
    [
        (sides(0, 0, 10), sides(2, 63, 10)),
        (sides(2, 0, 68), sides(3, 0, 10)),
        (sides(1, 0, 10), sides(2, 0, 68)),
    ]
)
def test_further_members_against_all_pairs(rows):
    found = np.array(rows, np.int32)
    grouping = group(found, overlap=0.5)
    expected = set()
    for family, (low, high) in enumerate(pairwise(grouping.bounds.tolist())):
        members, cores = grouping.members[low:high].tolist(), grouping.cores[low:high].tolist()
        for (_, start, stop), (first, last) in zip(members, cores, strict=True):
            assert start <= first < last <= stop
        inside = {member[0] for member in members}
        for match, pair in enumerate(found.tolist()):
            if grouping.family_of[match] == family:
                continue
            for side, (document, start, stop) in enumerate(pair):
                for (owner, _, _), (first, last) in zip(members, cores, strict=True):
                    both = min(stop, last) - max(start, first)
                    near = both > 0 and 2 * both >= min(stop - start, last - first)
                    if owner == document and near and pair[1 - side][0] not in inside:
                        expected.add((family, pair[1 - side][0]))
    rows = further(found, grouping, overlap=0.5).tolist()
    assert {(family, int(found[match, 1 - side, 0])) for family, match, side, *_ in rows} == expected
    assert rows == sorted(rows)
