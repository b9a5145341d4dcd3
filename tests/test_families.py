"""Families against an obvious oracle: connected components of matches and overlaps."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dedupe.reuse.families import Side, families


def sides(document, start, length):
    return Side(document, start, start + length)


side = st.builds(sides, st.integers(0, 5), st.integers(0, 200), st.integers(10, 80))
matches = st.lists(st.tuples(side, side).filter(lambda m: m[0].document < m[1].document), max_size=12)


@given(matches)
def test_every_match_is_in_one_family_and_inside_its_members(found):
    result = families(found, overlap=0.5)
    assert sorted(i for family in result for i in family.matches) == list(range(len(found)))
    for family in result:
        places = {m.document: m for m in family.members}
        assert len(places) == len(family.members), "one member per document"
        for index in family.matches:
            for one in found[index]:
                assert places[one.document].start <= one.start < one.stop <= places[one.document].stop


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


def test_neighbouring_passages_do_not_join():
    found = [(Side(0, 0, 100), Side(1, 0, 100)), (Side(0, 80, 200), Side(2, 0, 120))]
    result = families(found, overlap=0.5)
    assert [len(family.members) for family in result] == [2, 2]
    assert all(a.members < b.members for a, b in pairwise(result))
