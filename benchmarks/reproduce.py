"""From the defaults to the shipped settings, by command: what the development data lead to.

    python benchmarks/reproduce.py pan13|counter [--sample N] [-o DIRECTORY] [--json]

1. Settings that need a new alignment are climbed: one after the other in a fixed order, each over a
   stated list of values, from the defaults on, round by round until none moves. The best value of a list
   is taken only if it beats the one held in 97.5 % of paired resamples of the stories: what makes no
   difference beyond chance stays as it was.
2. PAN 2013 settles: the same lists in the same order, but only the next value on either side, taken for
   any gain above ``LEAST``, since the first climb strides over what lies between.
3. The thresholds that a filter can move are tuned by `dedupe.tune`, as ``dedupe tune`` does.

The result is written to ``DIRECTORY/tuned.toml`` and compared with the shipped file value by value: equal,
within the spread of the choice over resamples, or different. What both reach on the same pairs is compared,
too: exit code 1 says that a value is different and the shipped file worse beyond chance.

PAN 2013 is tuned on the even pairs of each kind. It climbs by the mean plagdet of the four kinds, the
detections on pairs without a case counted in each, since kinds differ in number: what only one of them
needs must be found, too. It settles by what is reported, the plagdet of all pairs together, and is tuned to
the highest F1: nine minutes on one core. For COUNTER a claim is worth making where three of four are right:
it climbs by cost, a wrong claim costing three misses, and is tuned to a precision of .75 with 95 %
confidence. ``strength`` is no step there: it moves the scale of scores as ``min_score`` moves the cut.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pan13 import KINDS, sampled
from plagdet import figures, sums_of
from tables import show
from tuning import ROOT, Data, counter, labelled, pan13, scored

from dedupe.reuse.align import Prepared, align, prepare
from dedupe.settings import PROFILES, Align, Settings, load
from dedupe.tune.choice import Criterion
from dedupe.tune.cuts import CUTS
from dedupe.tune.estimates import resamples
from dedupe.tune.labels import Label, Labels
from dedupe.tune.record import toml, tuned_settings
from dedupe.tune.tuning import Tuning, tune
from dedupe.tune.units import stories

F64 = NDArray[np.float64]
Spans = list[tuple[int, int, int, int]]
ROUNDS, DRAWS = 10, 1_000
LEAST = 1e-4
"""What a small step must gain: less than a tenth of the last digit that is printed is none."""
RIGHT = 0.75
"""COUNTER: the share of claims that must be right."""
WRONG, MISSED = RIGHT / (1 - RIGHT), 1.0
"""What a wrong claim and a miss cost when claims are worth making from ``RIGHT`` on."""

Steps = Sequence[tuple[str, Sequence[Any]]]
PAN13: Steps = (
    ("wrapped", (False, True)),
    ("strength", (12.0, 18.0, 25.0, 35.0, 50.0, 70.0)),
    ("min_words", (10, 15, 20, 24, 28, 32, 40)),
    ("gap", (0, 1, 2, 4, 6)),
    ("seed_cosine", (0.28, 0.32, 0.36, 0.4, 0.45, 0.5)),
    ("seed_dice", (0.25, 0.29, 0.33, 0.37, 0.41, 0.45)),
    ("seed_strength", (4.0, 6.0, 9.0, 12.0, 16.0)),
    ("edge", ("sentence", "line", "clause")),
    ("condensed_cosine", (0.15, 0.2, 0.25, 0.3, 1.0)),
    ("exact_share", (0.2, 0.5, 0.7, 0.9)),
    ("solid_words", (10, 20, 35, 50)),
    ("solid_edits", (0.05, 0.1, 0.25, 0.4)),
    ("min_plain", (0, 4, 8)),
    ("min_telling", (0.0, 1.0, 2.0, 4.0)),
    ("stay", (0.05, 0.1, 0.2)),
    ("enter", (0.4, 0.6, 0.8)),
    ("support", (0.0, 0.25, 0.5)),
    ("guard", (0.6, 0.8, 1.0)),
)
"""What decides most comes first: what a sentence is, then what is strong and long enough."""
COUNTER: Steps = (
    ("k", (4, 5, 6)),
    ("wrapped", (False, True)),
    ("gap", (0, 1, 2)),
    ("seed_strength", (4.0, 6.0, 9.0)),
    ("seed_cosine", (0.36, 0.45, 0.55)),
    ("seed_dice", (0.33, 0.45, 0.55)),
    ("min_plain", (0, 4, 8)),
    ("min_telling", (0.0, 1.0, 2.0, 4.0)),
    ("support", (0.0, 0.25, 0.5)),
    ("guard", (0.6, 0.8, 1.0)),
)
GIVEN = {"pan13": {"crowding": 0.0, "floor": 0.0}, "news": {}}
"""Settings that pairs say nothing about: what a corpus around them changes, and what is stored."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a climb maximises: sums per story of a setting's detections, and a value of such sums."""

    sums: Callable[[Align], F64]
    """Returns float64[stories, ...]."""
    value: Callable[[F64], F64]
    """Takes float64[resamples, ...], returns float64[resamples]."""
    stories: int


@dataclass(frozen=True, slots=True)
class Move:
    """A setting that was changed, and the gain with its 95 % interval."""

    setting: str
    old: Any
    new: Any
    gain: tuple[float, float, float]


def climb(
    start: Align, steps: Steps, aim: Aim, seed: int = 0, *, sure: bool = True
) -> tuple[Align, list[Move]]:
    """Return the settings where no step gains beyond chance any more, and the moves that led there.

    Not ``sure``: only a step to the next value on either side, for any gain above ``LEAST``.
    """
    drawn = resamples(aim.stories, seed, DRAWS)
    known: dict[Align, F64] = {}

    def sums(settings: Align) -> F64:
        if settings not in known:
            known[settings] = aim.sums(settings)
        return known[settings]

    def values(settings: Align, counts: F64) -> F64:
        return aim.value(np.tensordot(counts, sums(settings), 1))

    whole = np.ones((1, aim.stories))
    held, moves = start, []
    for _ in range(ROUNDS):
        before = len(moves)
        for name, choices in steps:
            at = choices.index(getattr(held, name))
            near = choices if sure else choices[max(0, at - 1) : at + 2]
            tried = [dataclasses.replace(held, **{name: choice}) for choice in near]
            best = max(tried, key=lambda one: (float(values(one, whole)[0]), one == held))
            gain = values(best, drawn) - values(held, drawn)
            low, high = np.percentile(gain, (2.5, 97.5))
            gained = float((values(best, whole) - values(held, whole))[0])
            if low > 0 if sure else gained > LEAST:
                moves.append(
                    Move(name, getattr(held, name), getattr(best, name), (gained, float(low), float(high)))
                )
                print(f"{name} {moves[-1].old} → {moves[-1].new}: {gained:+.4f}", file=sys.stderr)
                held = best
        if len(moves) == before:
            break
    return held, moves


class Bench:
    """Pairs of texts, aligned with any settings; what does not depend on them is made once."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.ready: dict[tuple[str, bool], Prepared] = {}
        self.known: dict[Align, F64] = {}
        rows = [Label("", pair["a"], pair["b"], None, "yes") for pair in data.pairs]
        self.story, self.names = stories(rows)

    def prepared(self, name: str, wrapped: bool) -> Prepared:
        key = name, wrapped
        if key not in self.ready:
            self.ready[key] = prepare(self.data.texts[name], language=self.data.language, wrapped=wrapped)
        return self.ready[key]

    def found(self, pair: dict[str, Any], settings: Align) -> Spans:
        a, b = (self.prepared(pair[side], settings.wrapped) for side in "ab")
        return [(p.a_start, p.a_stop, p.b_start, p.b_stop) for p in align(a, b, settings) if p.accepted]

    def sums(self, settings: Align) -> F64:
        """Return what plagdet is made of, per pair; kept, since both of its aims ask for the same settings."""
        if settings not in self.known:
            self.known[settings] = np.array(
                [sums_of({0: pair["passages"]}, {0: self.found(pair, settings)}) for pair in self.data.pairs]
            )
        return self.known[settings]


def by_kinds(bench: Bench) -> Aim:
    """Aim at the mean plagdet of the kinds, each with the detections on pairs that share nothing."""
    kinds = [kind for kind, published in KINDS.items() if published is not None]

    def sums(settings: Align) -> F64:
        out = np.zeros((len(bench.names), len(kinds), 6))
        for story, pair, one in zip(bench.story, bench.data.pairs, bench.sums(settings), strict=True):
            out[story, kinds.index(pair["kind"]) if pair["kind"] in kinds else slice(None)] += one
        return out

    return Aim(sums, lambda drawn: figures(drawn)[0].mean(axis=-1), len(bench.names))


def by_plagdet(bench: Bench) -> Aim:
    """Aim at the plagdet of all pairs together, as it is reported."""

    def sums(settings: Align) -> F64:
        out = np.zeros((len(bench.names), 6))
        np.add.at(out, bench.story, bench.sums(settings))
        return out

    return Aim(sums, lambda drawn: figures(drawn)[0], len(bench.names))


def by_cost(bench: Bench) -> Aim:
    """Aim at the least cost of pairs claimed wrongly and of derived ones missed, per pair."""

    def sums(settings: Align) -> F64:
        out = np.zeros((len(bench.names), 2))
        for story, pair in zip(bench.story.tolist(), bench.data.pairs, strict=True):
            derived, claimed = pair["label"] != "not", bool(bench.found(pair, settings))
            out[story] += [claimed and not derived, derived and not claimed]
        return out / len(bench.data.pairs)

    return Aim(sums, lambda drawn: -drawn @ np.array([WRONG, MISSED]), len(bench.names))


def development(name: str, count: int | None) -> Data:
    """Return the half to tune on, ``count`` pairs of each kind; pairs from the default settings."""
    if name == "counter":
        data = counter()
        return replace(data, pairs=data.pairs[:count])
    data = pan13()
    pairs = [pair for pair in sampled(data.pairs, None) if pair["half"] == "tuned on"]
    if count:
        pairs = [pair for kind in KINDS for pair in [one for one in pairs if one["kind"] == kind][:count]]
    return replace(data, pairs=pairs, settings=Settings())


def reproduce(name: str, data: Data, folder: Path) -> dict[str, Any]:
    """Climb, tune, write ``tuned.toml``; return the moves, and every value beside the shipped one."""
    bench = Bench(data)
    start = dataclasses.replace(data.settings.align, **GIVEN[data.profile])
    settled: list[Move] = []
    if name == "pan13":
        goal, criterion = by_plagdet(bench), Criterion("max")
        held, moves = climb(start, PAN13, by_kinds(bench))
        held, settled = climb(held, PAN13, goal, sure=False)
    else:
        goal, criterion = by_cost(bench), Criterion("min-precision", RIGHT)
        held, moves = climb(start, COUNTER, goal)
    settings = replace(data.settings, align=held)
    tables = scored(replace(data, settings=settings), folder, name)
    found = tune(Labels(tuple(labelled(data, tables["candidates"]))), tables, settings.as_dict(), criterion)
    tuned = tuned_settings(settings.as_dict(), found.choice.thresholds)
    folder.mkdir(parents=True, exist_ok=True)
    about = {"tuned_on": f"{len(data.pairs)} development pairs of {name}", "criterion": str(criterion)}
    (folder / "tuned.toml").write_text(toml(tuned, about), encoding="utf-8")
    ours, theirs = load(folder / "tuned.toml"), load(PROFILES / f"{data.profile}.toml")
    return {
        "data": name,
        "profile": data.profile,
        "pairs": len(data.pairs),
        "moves": [dataclasses.asdict(move) for move in moves],
        "settled": [dataclasses.asdict(move) for move in settled],
        "refusal": found.choice.refusal,
        "reached": against(goal, ours.align, theirs.align),
        "values": compared(ours.as_dict(), theirs.as_dict(), found),
    }


def against(goal: Aim, ours: Align, theirs: Align, seed: int = 0) -> dict[str, Any]:
    """Return what both settings reach, and their difference with its 95 % interval (paired)."""
    counts = np.concatenate((np.ones((1, goal.stories)), resamples(goal.stories, seed, DRAWS)))
    found, shipped = (goal.value(np.tensordot(counts, goal.sums(one), 1)) for one in (ours, theirs))
    low, high = np.percentile((found - shipped)[1:], (2.5, 97.5))
    both = {"found": float(found[0]), "shipped": float(shipped[0])}
    return {**both, "difference": [both["found"] - both["shipped"], float(low), float(high)]}


def compared(
    ours: dict[str, dict[str, Any]], theirs: dict[str, dict[str, Any]], found: Tuning
) -> list[dict[str, Any]]:
    """Return each setting that differs from the default in one of two, with how they agree."""
    spreads = {CUTS[place].setting: spread for place, spread in found.spread.items()}
    defaults = Settings().as_dict()
    out = []
    for section, values in defaults.items():
        for key, default in values.items():
            name, mine, shipped = f"{section}.{key}", ours[section][key], theirs[section][key]
            if mine == shipped == default and name not in spreads:
                continue
            spread = spreads.get(name)
            inside = spread is not None and spread.low <= shipped <= spread.high
            said = "equal" if mine == shipped else "within the spread" if inside else "different"
            out.append({
                "setting": name, "default": default, "found": mine, "shipped": shipped, "verdict": said,
                "low": spread and spread.low, "high": spread and spread.high,
            })  # fmt: skip
    return out


def show_moves(title: str, moves: list[dict[str, Any]]) -> None:
    """Print a climb, a row per step."""
    show(
        title,
        ["setting", "from", "to", "gain", "95 % from", "to"],
        [[one["setting"], str(one["old"]), str(one["new"]), *one["gain"]] for one in moves],
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", choices=["pan13", "counter"])
    parser.add_argument("--sample", type=int, help="only so many pairs (of each kind)")
    parser.add_argument("-o", "--out", type=Path, help="[default: reports/reproduce-DATA]")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = options.out or ROOT / "reports" / f"reproduce-{options.data}"
    found = reproduce(options.data, development(options.data, options.sample), folder)
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        show_moves(f"{options.data}: climbed from the defaults", found["moves"])
        if found["settled"]:
            show_moves(f"{options.data}: settled by small steps", found["settled"])
        reached = found["reached"]
        show(
            f"{options.data}: what is reached on these pairs",
            ["found", "shipped", "difference", "95 % from", "to"],
            [[reached["found"], reached["shipped"], *reached["difference"]]],
        )
        show(
            f"{options.data} beside the shipped `{found['profile']}`",
            ["setting", "default", "found", "shipped", "", "95 % of resamples"],
            [
                [
                    *(str(one[key]) for key in ("setting", "default", "found", "shipped", "verdict")),
                    "" if one["low"] is None else f"{one['low']:g} to {one['high']:g}",
                ]
                for one in found["values"]
            ],
        )
        print(f"thresholds kept: {found['refusal']}" if found["refusal"] else "thresholds chosen")
    different = any(one["verdict"] == "different" for one in found["values"])
    return int(different and found["reached"]["difference"][1] > 0)


if __name__ == "__main__":
    sys.exit(main())
