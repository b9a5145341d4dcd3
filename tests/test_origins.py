"""Origins: named where the evidence decides, undecided where it does not."""

import pytest

from dedupe.provenance.catalogue import Catalogue, Source
from dedupe.provenance.origins import Coverage, Member, origin, speaks_for, wire_source
from dedupe.records import Cover, Credit
from dedupe.settings import Origins

SOURCES = {
    source.id: source
    for source in (
        Source("alfa", "Alfa", "agency_global", "GB"),
        Source("beta", "Beta", "agency_national", "KP", languages=("ko", "en")),
        Source("gamma", "Gamma Times", "newspaper", "JP", domains=("gamma.example",)),
        Source("generic:kp", "state media", "generic", "KP"),
    )
}
KNOWN = Catalogue(SOURCES, {})


def credit(*chain, start=0, strength="certain", covers=(0, 100), confidence=0.97, role="credit"):
    cover = Cover(*covers, strength)
    return Credit(start, start + 4, "name", chain, role, confidence, (cover,))


def member(document, *credits, outlet=None, wire=None, published=None, quality=None):
    return Member(document, outlet or document, 10, 90, Coverage(credits), wire, published, quality)


def judge(*members):
    return origin(members, KNOWN, Origins())


def test_a_dispatch_decides_over_credits():
    verdict = judge(
        member("w", wire="alfa", quality=("verbatim", 1.0)), member("x", credit("gamma")), member("y")
    )
    assert (verdict.source, verdict.basis, verdict.confidence) == ("alfa", "dispatch", 0.99)
    assert [e.kind for e in verdict.evidence] == ["dispatch", "credit"]


def test_two_dispatches_are_decided_by_date_or_not_at_all():
    old = member("v", wire="alfa", published="2026-01-01", quality=("light", 0.9))
    new = member("w", wire="beta", published="2026-01-02", quality=("light", 0.9))
    undated = member("w", wire="beta", quality=("light", 0.9))
    assert judge(old, new, member("x")).source == "alfa"
    assert judge(old, undated, member("x")).source == ""


def test_a_weak_translation_of_a_dispatch_is_not_named():
    assert judge(member("w", wire="alfa", quality=("translated", 0.0)), member("x")).confidence == 0.6
    assert judge(member("w", wire="alfa", quality=("translated", 0.9)), member("x")).source == "alfa"


def test_a_lead_credit_in_one_outlet_names_the_origin():
    verdict = judge(member("x", credit("alfa", strength="likely")), member("y"))
    assert (verdict.source, verdict.basis) == ("alfa", "credits")
    assert "common source likely" in verdict.direction


def test_a_possible_credit_alone_names_nothing():
    verdict = judge(member("x", credit("alfa", strength="possible")), member("y"))
    assert verdict.source == "" and verdict.basis == "none"


def test_equal_claims_of_two_sources_are_undecided():
    assert judge(member("x", credit("alfa")), member("y", credit("beta"))).source == ""


def test_outlets_that_agree_strengthen_each_other():
    one = judge(member("x", credit("alfa", strength="likely")), member("y"))
    two = judge(*(member(d, credit("alfa", strength="likely")) for d in "xy"))
    again = judge(*(member(d, credit("alfa", strength="likely"), outlet="same") for d in "xy"))
    assert two.confidence > one.confidence == again.confidence


def test_unnamed_media_support_the_agency_of_their_country():
    verdict = judge(member("x", credit("beta")), member("y", credit("generic:kp")))
    assert verdict.source == "beta" and verdict.confidence > 0.95
    assert speaks_for(KNOWN, "generic:kp", "beta") and not speaks_for(KNOWN, "generic:kp", "alfa")


def test_an_outlet_s_credit_to_itself_counts_for_nothing():
    assert judge(member("x", credit("gamma"), outlet="gamma.example"), member("y")).source == ""


@pytest.mark.parametrize("role", ["photo", "disputed", "copyright"])
def test_other_roles_are_no_evidence(role):
    assert judge(member("x", credit("alfa", role=role)), member("y")).evidence == ()


def test_a_chain_names_its_end_and_keeps_the_nearest_link_as_via():
    (said,) = Coverage([credit("gamma", "beta")]).attributions(10, 90)
    assert (said.source, said.via) == ("beta", "gamma")


def test_a_sure_credit_inside_the_stretch_of_another_is_second_hand():
    outer = credit("alfa", start=0, strength="likely", covers=(0, 1000))
    inner = credit("beta", start=500, covers=(500, 600))
    first, second = Coverage([outer, inner]).attributions(510, 590)
    assert (first.source, first.via) == ("beta", "alfa")
    assert (second.source, second.via) == ("alfa", "")


def test_a_credit_must_cover_half_of_the_passage():
    assert Coverage([credit("alfa", covers=(0, 40))]).attributions(10, 90) == []
    assert Coverage([credit("alfa", covers=(0, 50))]).attributions(10, 90) != []


def test_order_of_members_changes_nothing():
    members = [member("x", credit("alfa")), member("y", credit("gamma", strength="likely")), member("z")]
    assert judge(*members) == judge(*reversed(members))


def test_who_issued_a_dispatch():
    assert wire_source({"source_id": "tass", "outlet": "x"}, KNOWN) == "tass"
    assert wire_source({"source_id": None, "outlet": "Alfa"}, KNOWN) == "alfa"
    assert wire_source({"source_id": None, "outlet": "Agency1"}, KNOWN) == "open:agency1"


def test_between_an_agency_and_a_medium_equally_credited_the_agency_leads():
    one, two = credit("alfa", strength="likely"), credit("gamma", strength="likely")
    assert judge(member("x", one), member("y", two), member("z")).source == ""
    assert judge(member("x", credit("alfa")), member("y", two)).source == "alfa"
    assert judge(member("x", two), member("y")).source == "gamma"


def test_siblings_of_a_foreign_dispatch_are_said_to_be_so():
    from dataclasses import replace

    def told(language, reworded=True):
        both = [replace(member(d, credit("beta")), language=language) for d in "xy"]
        return origin(both, KNOWN, Origins(), reworded=reworded).direction

    assert "likely common source in another language: Beta" in told("id")
    assert "another language" not in told("en")
    assert "another language" not in told(None)
    assert "another language" not in told("id", reworded=False)
    one = [replace(member("x", credit("beta")), language="id"), replace(member("y"), language="id")]
    assert "another language" not in origin(one, KNOWN, Origins(), reworded=True).direction
