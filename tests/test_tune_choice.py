"""Filters against the alignment's own verdict, choices, refusals, and what must not change them."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tune_data import meta, run_tables

from dedupe.records import CANDIDATES, Passage
from dedupe.reuse.align import accept
from dedupe.settings import Align, Settings
from dedupe.tune.choice import Criterion, choose, free_cuts, line, objective, sweep
from dedupe.tune.cuts import CUTS, PARAPHRASE, SCORE, TRANSLATED, WORDS, candidates, evidence
from dedupe.tune.estimates import resamples
from dedupe.tune.families import b_cubed
from dedupe.tune.labels import Label, Labels, LabelsError
from dedupe.tune.tuning import tune
from dedupe.tune.units import build, stories
from dedupe.tune.validation import figures, folds, held_out

SETTINGS = Settings().as_dict()


@st.composite
def passages(draw: st.DrawFn) -> list[Passage]:
    """Return non-overlapping passages of one pair, exact and reworded, with their measures."""
    out = []
    for place in range(draw(st.integers(1, 6))):
        exact = draw(st.booleans())
        words = draw(st.integers(8, 40))
        measures = [("plain", float(draw(st.integers(0, 8)))), ("telling", draw(st.floats(0, 3)))]
        if exact:
            measures.append(("edits", 0.1))
        else:
            measures += [
                ("strength", draw(st.floats(1, 40)) + place / 1000),
                ("crowd", draw(st.floats(0, 1))),
                ("support", draw(st.floats(0, 1))),
            ]
        spans = (100 * place, 100 * place + 50) * 2
        kind, more = "light" if exact else "reworded", draw(st.integers(0, 3))
        guards = ("number",) if draw(st.booleans()) else ()
        out.append(Passage(*spans, kind, 0.9, words, words + more, guards=guards, measures=tuple(measures)))
    return out


def table(found: list[Passage]) -> pa.Table:
    rows = [{**dataclasses.asdict(one), "a": "x", "b": "y", "measures": list(one.measures)} for one in found]
    return pa.Table.from_pylist(rows, schema=CANDIDATES)


@given(passages(), st.integers(10, 30), st.floats(0.05, 0.95))
def test_filter_equals_accept(found: list[Passage], min_words: int, min_score: float) -> None:
    """Filtering stored scores gives what the alignment would accept with other thresholds."""
    base = accept(found, Align())
    if any(abs(one.score - cut) < 1e-5 for one in base for cut in (min_score, 0.5)):
        return
    _, brought = candidates(table(base), SETTINGS)
    # A verdict is known from the stored run's side only where its thresholds were not above.
    wanted = [
        one.accepted for one in accept(found, replace(Align(), min_words=min_words, min_score=min_score))
    ]
    thresholds = np.array([min_words, min_score, 0.5, 0.85])
    assert (brought >= thresholds).all(axis=1).tolist() == wanted


def test_a_run_is_reproduced_at_its_own_thresholds() -> None:
    tables, labels = run_tables()
    found = build(labels, tables, SETTINGS)
    verdicts = np.array(tables["candidates"]["accepted"].to_pylist())[found.row]
    assert found.accepted(found.base).tolist() == found.best(np.where(verdicts, 1.0, -1.0)).__gt__(0).tolist()


def test_what_a_run_turned_down_for_another_reason_stays_so() -> None:
    tables, _ = run_tables()
    rows = tables["candidates"].to_pylist()
    at = next(n for n, row in enumerate(rows) if row["kind"] == "translated" and row["score"] > 0.9)
    rows[at]["accepted"] = False
    _, brought = candidates(pa.Table.from_pylist(rows, schema=CANDIDATES), SETTINGS)
    assert np.isneginf(brought[at]).all()


def test_a_paraphrase_found_by_meaning_has_a_threshold_of_its_own() -> None:
    row = {
        "a": "x", "b": "y", "a_start": 0, "a_stop": 5, "b_start": 0, "b_stop": 5, "kind": "reworded",
        "score": 0.6, "a_words": 14, "b_words": 12, "accepted": False, "guards": [],
        "measures": [("beads", 2.0), ("chain_beads", 2.0)],
    }  # fmt: skip
    rows = [row, {**row, "score": 0.9, "accepted": True}, {**row, "score": 0.9, "a_words": 5}]
    channel, brought = candidates(pa.Table.from_pylist(rows, schema=CANDIDATES), SETTINGS)
    assert channel.tolist() == [PARAPHRASE] * 3
    assert brought[:, PARAPHRASE].tolist() == [0.6, 0.9, 0.9]
    assert brought[:, WORDS].tolist() == [12, 12, 5]
    assert np.isposinf(brought[:, [SCORE, TRANSLATED]]).all()
    base = build([], {"candidates": pa.Table.from_pylist([], schema=CANDIDATES),
                      "pairs": run_tables(1)[0]["pairs"]}, SETTINGS).base  # fmt: skip
    assert (brought >= base).all(axis=1).tolist() == [False, True, False]


def test_parts_of_a_cut_up_passage_are_judged_by_the_whole() -> None:
    part = {
        "a": "x", "b": "y", "a_start": 0, "a_stop": 5, "b_start": 0, "b_stop": 5, "kind": "reworded",
        "score": 0.7, "a_words": 12, "b_words": 13, "accepted": True, "guards": [],
        "measures": [("strength", 20.0)],
    }  # fmt: skip
    rows = [part, {**part, "a_start": 6, "a_stop": 9, "kind": "light", "a_words": 11, "b_words": 10}]
    channel, brought = candidates(pa.Table.from_pylist(rows, schema=CANDIDATES), SETTINGS)
    assert channel.tolist() == [SCORE, SCORE]
    assert brought[:, WORDS].tolist() == [23, 23]


@given(st.integers(0, 20), st.integers(0, 2), st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_along_is_where_a_unit_flips(seed: int, cut: int, share: float) -> None:
    tables, labels = run_tables(20, 2, seed)
    found = build(labels, tables, SETTINGS)
    held = found.base.copy()
    at = found.along(cut, held)
    finite = at[np.isfinite(at)]
    if not len(finite):
        return
    held[cut] = np.quantile(finite, share)
    assert (found.accepted(held) == (at >= held[cut])).all()


def test_moving_together_is_a_real_setting() -> None:
    tables, labels = run_tables()
    found = build(labels, tables, SETTINGS)
    level = found.together(range(len(CUTS)))
    for cut in (0.35, 0.5, 0.62):
        thresholds = found.base * cut / (1 - cut)
        assert (found.accepted(thresholds) == (level >= cut - 1e-12)).all()
    assert evidence(found.base[None, :], found.base).tolist() == [[0.5] * len(CUTS)]


def test_the_bound_is_kept_and_recall_is_most() -> None:
    tables, labels = run_tables(400)
    found = build(labels, tables, SETTINGS)
    choice = choose(found, Criterion("min-precision", 0.9))
    assert not choice.refusal
    assert found.positive[found.accepted(choice.thresholds)].mean() > 0.9
    counts = np.ones((1, len(found.stories)))
    for cut in free_cuts(found):
        points = line(found, cut, choice.thresholds)
        values = objective(
            sweep(found, cut, choice.thresholds, points), Criterion("min-precision", 0.9), counts
        )[0]
        here = values[np.flatnonzero(points == choice.thresholds[cut])[0]]
        assert here == pytest.approx(values.max())


def test_cost_pulls_the_thresholds_apart() -> None:
    tables, labels = run_tables(200)
    found = build(labels, tables, SETTINGS)
    strict = choose(found, Criterion("cost", fp=20, fn=1)).thresholds
    lax = choose(found, Criterion("cost", fp=1, fn=20)).thresholds
    assert found.accepted(strict).sum() < found.accepted(lax).sum()


def tuned(labels: list[Label], tables: dict, **options: object):
    return tune(Labels(tuple(labels)), tables, SETTINGS, Criterion(**options), draws=60)  # type: ignore[arg-type]


def test_few_labels_are_refused_and_the_thresholds_kept() -> None:
    tables, labels = run_tables(29)
    found = tuned(labels, tables)
    assert "too few independent labels: 29 stories" in found.choice.refusal
    assert "59" in found.choice.refusal
    assert (found.choice.thresholds == found.units.base).all()


def test_labels_of_one_story_are_one_label() -> None:
    tables, labels = run_tables(120)
    one_story = [replace(label, story="the same") for label in labels]
    assert "1 stories" in tuned(one_story, tables).choice.refusal


def test_fifty_nine_without_error_are_enough_and_fifty_eight_are_not() -> None:
    tables, labels = run_tables(140, 1)
    certain = {"verbatim", "light"}
    kinds = tables["candidates"]["kind"].to_pylist()
    exact = [
        replace(label, verdict="yes") for label, kind in zip(labels, kinds, strict=True) if kind in certain
    ]
    wrong = [
        replace(label, verdict="no") for label, kind in zip(labels, kinds, strict=True) if kind == "reworded"
    ]
    assert len(exact) >= 59
    assert not choose(build(exact[:59] + wrong, tables, SETTINGS), Criterion()).refusal
    assert choose(build(exact[:58] + wrong, tables, SETTINGS), Criterion()).refusal


def test_positives_only_are_refused_but_for_recall() -> None:
    tables, labels = run_tables(100)
    positives = [replace(label, verdict="wholly") for label in labels]
    for goal in ("min-precision", "max", "cost"):
        refusal = choose(build(positives, tables, SETTINGS), Criterion(goal)).refusal  # type: ignore[arg-type]
        assert "no label says no: only recall can be estimated" in refusal
    assert not choose(build(positives, tables, SETTINGS), Criterion("min-recall", 0.8)).refusal


def test_negatives_only_are_refused() -> None:
    tables, labels = run_tables(100)
    found = tuned([replace(label, verdict="not") for label in labels], tables)
    assert "no label says yes" in found.choice.refusal
    assert np.isnan(found.tuned.recall.value)


def test_all_unsure_is_an_error() -> None:
    tables, labels = run_tables(10)
    with pytest.raises(LabelsError, match="no label says yes or no"):
        tuned([replace(label, verdict="unsure") for label in labels], tables)


def test_an_unreachable_bound_says_how_far_it_is() -> None:
    tables, labels = run_tables(150)
    rng = np.random.default_rng(1)
    noise = [replace(label, verdict="yes" if rng.uniform() < 0.5 else "no") for label in labels]
    refusal = choose(build(noise, tables, SETTINGS), Criterion()).refusal
    assert "no threshold supports precision" in refusal
    assert "the best lower bound of precision on these labels is 0." in refusal


def test_noise_does_not_move_thresholds() -> None:
    """Where labels have nothing to do with scores, a better F1 on them is luck, and is turned down."""
    tables, labels = run_tables(80)
    rng = np.random.default_rng(3)
    noise = [replace(label, verdict="yes" if rng.uniform() < 0.3 else "no") for label in labels]
    found = tuned(noise, tables, goal="max")
    own = found.default.f1.value
    assert found.choice.refusal or found.unseen.f1.value > own
    assert len(held_out(found.units, Criterion("max"), 0).choices) == 5


def test_the_order_of_rows_changes_nothing() -> None:
    tables, labels = run_tables(70)
    rng = np.random.default_rng(0)
    shuffled = {name: one.take(pa.array(rng.permutation(one.num_rows))) for name, one in tables.items()}
    one, two = tuned(labels, tables, goal="max"), tuned(labels, shuffled, goal="max")
    assert (one.choice.thresholds == two.choice.thresholds).all()
    assert one.tuned == two.tuned
    assert one.families_tuned == two.families_tuned


def test_weights_speak_for_the_pairs_not_sampled() -> None:
    """Leaving out half of the rejected pairs, with weight 2 on the others, estimates the same recall."""
    tables, labels = run_tables(400)
    found = build(labels, tables, SETTINGS)
    rejected = ~found.accepted(found.base)
    rng = np.random.default_rng(8)
    kept = ~rejected | (rng.uniform(size=len(labels)) < 0.5)
    thinned = [
        replace(x, probability=0.5 if r else 1.0) for x, k, r in zip(labels, kept, rejected, strict=True) if k
    ]
    bare = [replace(label, probability=None) for label in thinned]

    def recall(rows: list[Label]) -> float:
        of = build(rows, tables, SETTINGS)
        return figures(of, of.accepted(of.base), np.ones((1, len(of.stories)))).recall.value

    assert recall(thinned) == pytest.approx(recall(labels), abs=0.01)
    assert abs(recall(bare) - recall(labels)) > 0.01


def test_uncertain_picks_without_probability_are_left_out() -> None:
    tables, labels = run_tables(70)
    picked = [replace(label, sampling="uncertain") if n % 3 == 0 else label for n, label in enumerate(labels)]
    found = tuned(picked, tables)
    assert len(found.units) == sum(label.sampling == "random" for label in picked)
    assert any("picked as uncertain" in note for note in found.notes)


def test_stories_without_a_name_are_documents_in_common() -> None:
    def row(a: str, b: str, story: str = "") -> Label:
        return Label("", a, b, None, "yes", story=story)

    code, names = stories([row("a", "b"), row("b", "c"), row("d", "e"), row("c", "z", "s")])
    assert code[0] == code[1] != code[2]
    assert len(names) == 3


def test_folds_keep_stories_whole_and_even() -> None:
    fold = folds(53, 1)
    assert set(fold.tolist()) == {0, 1, 2, 3, 4}
    assert max(np.bincount(fold)) - min(np.bincount(fold)) <= 1


def test_b_cubed_by_hand() -> None:
    """Gold: {a, b, c}, {d}, {e}. Found: {a, b}, {c, d}, {e}."""
    tables, _ = run_tables(1)
    say = {("a", "b"): "yes", ("b", "c"): "yes", ("c", "d"): "no", ("d", "e"): "no"}
    rows = [Label("", a, b, None, verdict, story="s") for (a, b), verdict in say.items()]
    found = build(rows, tables, SETTINGS)
    cubed = b_cubed(found, np.array([True, False, True, False]), resamples(1, 0, 10))
    assert cubed.precision.value == pytest.approx((1 + 1 + 0.5 + 0.5 + 1) / 5)
    assert cubed.recall.value == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)


def test_every_cut_is_a_setting() -> None:
    values = meta()["settings"]
    for cut in CUTS:
        section, name = cut.setting.split(".")
        assert isinstance(values[section][name], int if cut.whole else float)
    assert CUTS[TRANSLATED].channel == "translated"
