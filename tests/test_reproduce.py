"""From the defaults to shipped settings: the climb takes what gains beyond chance, and nothing else."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "benchmarks")]

from plagdet import figures, score, sums_of

from dedupe.settings import PROFILES, Align, Settings, load

reproduce = pytest.importorskip("reproduce")
COUNTER = ROOT.parent / "shared" / "bench" / "counter-dev.jsonl"
STORIES = 60


def aim(noise: float = 0.0) -> reproduce.Aim:
    """Return one that gains by four words less and by ``gap`` 2, and by chance with ``guard``."""
    rng = np.random.default_rng(3)
    luck = rng.normal(0, 1, STORIES)

    def sums(settings: Align) -> np.ndarray:
        good = -abs(settings.min_words - 14) / 10 - abs(settings.gap - 2)
        return (np.full(STORIES, good) + noise * settings.guard * (luck - luck.mean() + 0.02))[:, None]

    return reproduce.Aim(sums, lambda drawn: drawn[:, 0], STORIES)


STEPS = (("min_words", (10, 12, 14, 20)), ("guard", (0.5, 0.8, 1.0)), ("gap", (0, 2, 4)))


def test_the_climb_reaches_the_best_values_and_ends() -> None:
    held, moves = reproduce.climb(Align(), STEPS, aim())
    assert (held.min_words, held.gap, held.guard) == (14, 2, 0.8)
    assert [(move.setting, move.new) for move in moves] == [("min_words", 14), ("gap", 2)]
    assert moves[0].gain == pytest.approx((0.4 * STORIES,) * 3)


def test_a_gain_within_chance_moves_nothing() -> None:
    sums = aim(noise=5).sums
    assert sums(replace(Align(), guard=1.0)).sum() > sums(Align()).sum()  # better on these very stories
    held, _ = reproduce.climb(Align(), STEPS, aim(noise=5))
    assert held.guard == Align().guard


def test_settling_takes_any_gain_but_one_value_at_a_time() -> None:
    held, moves = reproduce.climb(Align(), STEPS, aim(noise=5), sure=False)
    assert (held.min_words, held.gap, held.guard) == (14, 2, 1.0)
    assert [(move.old, move.new) for move in moves if move.setting == "min_words"] == [(10, 12), (12, 14)]


def test_settling_leaves_what_gains_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reproduce, "LEAST", 0.4 * STORIES)
    held, moves = reproduce.climb(Align(), STEPS, aim(), sure=False)
    assert [(move.setting, move.new) for move in moves] == [("gap", 2)]
    assert held.min_words == Align().min_words


def test_settings_are_compared_on_the_same_stories() -> None:
    reached = reproduce.against(aim(), replace(Align(), min_words=14), Align())
    assert reached["difference"] == pytest.approx([0.4 * STORIES] * 3)
    luck = reproduce.against(aim(noise=5), replace(Align(), guard=1.0), Align())
    assert luck["difference"][1] < 0 < luck["difference"][0]


def test_every_step_tries_the_default_and_values_of_its_kind() -> None:
    defaults = Settings().as_dict()["align"]
    for steps in (reproduce.PAN13, reproduce.COUNTER):
        for name, values in steps:
            assert defaults[name] in values, name
            assert {type(value) for value in values} == {type(defaults[name])}


def test_the_shipped_settings_are_among_the_values_tried() -> None:
    for profile, steps in (("pan13", reproduce.PAN13), ("news", reproduce.COUNTER)):
        shipped = load(PROFILES / f"{profile}.toml").as_dict()
        tried = dict(steps)
        tried |= {name: (value,) for name, value in reproduce.GIVEN[profile].items()}
        for name, default in Settings().as_dict()["align"].items():
            assert shipped["align"][name] in tried.get(name, (default,)), (profile, name)


def test_sums_of_plagdet_add_up() -> None:
    """Sums of parts are those of the whole, also in a resample that has a pair twice."""
    true = {1: [(0, 100, 0, 100)], 2: [(0, 50, 10, 60)], 3: []}
    found = {1: [(0, 40, 0, 40), (60, 100, 60, 100)], 2: [(0, 50, 10, 60)], 3: [(5, 9, 5, 9)]}
    parts = np.array([sums_of({key: true[key]}, {key: found[key]}) for key in true])
    whole = score(true, found)
    assert figures(parts.sum(axis=0))[0] == pytest.approx(whole.plagdet)
    twice = score({**true, 4: true[1]}, {**found, 4: found[1]})
    drawn = np.tensordot(np.array([[2.0, 1, 1]]), parts, 1)
    assert figures(drawn)[0] == pytest.approx([twice.plagdet])
    assert figures(np.zeros(6))[0] == 1


@pytest.mark.skipif(not COUNTER.is_file(), reason="../shared/bench/counter-dev.jsonl is not there")
def test_tuning_from_the_defaults_leads_to_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reproduce, "COUNTER", reproduce.COUNTER[:1])  # all of them take minutes
    found = reproduce.reproduce("counter", reproduce.development("counter", None), tmp_path)
    assert not found["refusal"]
    assert {one["verdict"] for one in found["values"]} <= {"equal", "within the spread"}
    assert {one["setting"] for one in found["values"]} >= {"align.min_words", "align.min_score"}
    tuned = load(tmp_path / "tuned.toml")
    assert replace(tuned.align, min_words=10, min_score=0.5) == load(PROFILES / "news.toml").align
    assert (
        "precision ≥ 0.75"
        in tomllib.loads((tmp_path / "tuned.toml").read_text("utf-8"))["about"]["criterion"]
    )
