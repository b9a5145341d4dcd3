"""The ledger: every word in exactly one class."""

from dataclasses import asdict, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedupe.provenance.catalogue import Catalogue, Source
from dedupe.provenance.ledger import FamilyPassage, Label
from dedupe.records import CREDITS, Cover, Credit, Span
from dedupe.stages.columns import SPANS
from dedupe.stages.credits import as_row
from dedupe.stages.ledger import PASSAGES, kept

KNOWN = Catalogue(
    {s.id: s for s in (Source("alfa", "Alfa", "agency_global"), Source("beta", "Beta", "newspaper", domains=("beta.example",)))}, {}
)  # fmt: skip
LENGTH = 400

place = st.tuples(st.integers(0, LENGTH), st.integers(1, 200)).map(lambda p: (p[0], p[0] + p[1]))
passages = st.builds(
    lambda p, source, confidence, n: FamilyPassage(*p, f"f{n}", source, confidence, *p),
    place, st.sampled_from(["", "alfa", "beta"]), st.floats(0, 1), st.integers(0, 9),
)  # fmt: skip
credits = st.builds(
    lambda p, chain, strength: Credit(p[0], p[0] + 1, "x", chain, "credit", 0.9, (Cover(*p, strength),)),
    place,
    st.sampled_from([("alfa",), ("beta",), ("beta", "alfa")]),
    st.sampled_from(["certain", "likely", "possible"]),
)
furniture = place.map(lambda p: Span(*p, "related"))


def words(count):
    """Words of three letters with a blank between."""
    starts = np.arange(count, dtype=np.int32) * 4
    return starts, starts + np.int32(3)


class Article(NamedTuple):
    """An article of ``count`` words, and what is known of it."""

    count: int = 100
    outlet: str = "paper"
    credits: tuple[Credit, ...] = ()
    passages: tuple[FamilyPassage, ...] = ()
    furniture: tuple[Span, ...] = ()


class Entry(NamedTuple):
    start: int
    stop: int
    label: Label
    words: int


SCHEMA = pa.schema({
    "id": pa.string(), "text": pa.string(), "outlet": pa.string(), "furniture": SPANS,
    "credits": pa.list_(pa.struct([field for field in CREDITS if field.name != "document"])),
    "passages": PASSAGES,
})  # fmt: skip


def ledgers(articles):
    """The ledgers of articles that are worked on together."""
    rows = [
        {
            "id": str(number),
            "text": "abc " * article.count,
            "outlet": article.outlet,
            "furniture": [line._asdict() for line in article.furniture],
            "credits": [as_row("", credit) for credit in article.credits],
            "passages": [asdict(passage) for passage in article.passages],
        }
        for number, article in enumerate(articles)
    ]
    found = [[] for _ in articles]
    for row in kept(pa.Table.from_pylist(rows, SCHEMA), KNOWN).to_pylist():
        label = Label(row["class"], row["source"], row["via"], row["family"])
        found[int(row["document"])].append(Entry(row["start"], row["stop"], label, row["words"]))
    return found


def ledger(count=100, *, credits=(), passages=(), furniture=(), outlet="paper"):
    (found,) = ledgers([Article(count, outlet, tuple(credits), tuple(passages), tuple(furniture))])
    return found


@given(
    st.integers(0, 100),
    st.lists(credits, max_size=4),
    st.lists(passages, max_size=4),
    st.lists(furniture, max_size=3),
)
def test_every_word_is_in_exactly_one_entry(count, said, shared, lines):
    found = ledger(count, credits=said, passages=shared, furniture=lines)
    starts, stops = words(count)
    owner = np.zeros(count, int)
    for entry in found:
        inside = (starts >= entry.start) & (stops <= entry.stop)
        assert inside.sum() == entry.words
        owner += inside
    assert (owner == 1).all()
    assert sum(entry.words for entry in found) == count
    for line in lines:
        covered = {
            e.label.label
            for e in found
            if e.start < line.stop and e.stop > line.start
            for s, t in [(max(e.start, line.start), min(e.stop, line.stop))]
            if ((starts < t) & (stops > s)).any()
        }
        assert covered <= {"boilerplate"}


def one_label(**given):
    (entry,) = ledger(20, **given)
    return entry.label


ALL = (0, 100)


def credit(*chain, strength="certain"):
    return Credit(0, 3, "x", chain, "credit", 0.9, (Cover(*ALL, strength),))


def test_classes():
    copy = FamilyPassage(*ALL, "f", "alfa", 0.9, *ALL)
    undecided = FamilyPassage(*ALL, "f", "", 0.3, *ALL)
    assert one_label() == ("own", "", "", "")
    assert one_label(passages=[copy]) == ("uncredited", "alfa", "", "f")
    assert one_label(passages=[copy], credits=[credit("alfa")]) == ("credited", "alfa", "", "f")
    assert one_label(passages=[copy], credits=[credit("alfa", strength="possible")]) == (
        "credited",
        "alfa",
        "",
        "f",
    )
    assert one_label(passages=[copy], credits=[credit("beta", "alfa")]) == ("credited", "alfa", "beta", "f")
    assert one_label(passages=[copy], credits=[credit("beta")]) == ("uncredited", "alfa", "beta", "f")
    assert one_label(credits=[credit("beta", "alfa")]) == ("claimed", "alfa", "beta", "")
    assert one_label(credits=[credit("alfa", strength="possible")]) == ("own", "", "", "")
    assert one_label(passages=[undecided]) == ("shared", "", "", "f")
    assert one_label(passages=[undecided], credits=[credit("alfa")]) == ("claimed", "alfa", "", "")
    assert one_label(passages=[copy], furniture=[Span(*ALL)]) == ("boilerplate", "", "", "")


def test_what_comes_from_the_outlet_itself_is_its_own():
    copy = FamilyPassage(*ALL, "f", "beta", 0.9, *ALL)
    assert one_label(outlet="beta.example", passages=[copy]) == ("own", "", "", "f")


def test_the_surest_origin_is_on_top():
    weak, sure = FamilyPassage(*ALL, "f1", "alfa", 0.7, *ALL), FamilyPassage(*ALL, "f2", "beta", 0.9, *ALL)
    assert one_label(passages=[sure, weak]).source == "beta"


def test_a_credit_elsewhere_in_the_article_counts():
    copy = FamilyPassage(40, 80, "f", "alfa", 0.9, 40, 80)
    elsewhere = Credit(0, 3, "x", ("beta", "alfa"), "credit", 0.9, (Cover(0, 20, "certain"),))
    labels = {entry.label for entry in ledger(20, passages=[copy], credits=[elsewhere])}
    assert ("credited", "alfa", "beta", "f") in labels


def test_an_origin_holds_for_what_all_members_have_and_no_further():
    """Of a round-up that was copied whole only the part that a dispatch has is the agency's."""
    round_up = FamilyPassage(0, 80, "f", "alfa", 0.9, 0, 40)
    labels = [(entry.start, entry.stop, entry.label) for entry in ledger(20, passages=[round_up])]
    assert labels == [(0, 39, ("uncredited", "alfa", "", "f")), (40, 79, ("shared", "", "", "f"))]


articles = st.builds(
    Article, st.integers(0, 100), st.sampled_from(["paper", "beta.example"]),
    st.lists(credits, max_size=2).map(tuple), st.lists(passages, max_size=6).map(tuple),
    st.lists(furniture, max_size=2).map(tuple),
)  # fmt: skip


@given(st.lists(articles, max_size=5))
def test_articles_do_not_depend_on_what_they_are_worked_on_with(several):
    assert ledgers(several) == [found for article in several for found in ledgers([article])]


@given(articles)
def test_without_a_credit_all_is_as_with_one_that_does_not_count(article):
    photo = replace(credit("alfa"), role="photo")  # a credit has an article looked at by itself
    assert ledgers([article._replace(credits=())]) == ledgers([article._replace(credits=(photo,))])
