"""Label files: what is accepted, what is refused and where, and what a labelling log means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.tune.agreement import agreements
from dedupe.tune.labels import Label, LabelsError, check_against, resolve
from dedupe.tune.parsing import read
from dedupe.tune.weights import SHARP, probabilities


def write(folder: Path, text: str, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


BAD = {
    "": ("is empty", ""),
    "  \n\n": ("is empty", ""),
    "a,b,label\n": ("holds no label", ""),
    "a,b,verdict\nx,y,yes\n": ("unknown column 'verdict'", ":1"),
    "a,b\nx,y\n": ("column 'label' is missing", ":1"),
    "a,a,b,label\nx,x,y,yes\n": ("column 'a' stands twice", ":1"),
    "a,b,label\nx,y,maybe\n": ("label 'maybe' is unknown", ":2"),
    "a,b,label\n\nx,y\n": ("has 2 cells, the header has 3", ":3"),
    "a,b,label\nx,,yes\n": ("b is empty", ":2"),
    "a,b,label\nx,x,yes\n": ("a and b are both 'x'", ":2"),
    'a,b,label\n"x"x,y,yes\n': ("is not CSV", ":2"),
    "a,b,label,relation\nx,y,yes,cousin\n": ("relation 'cousin' is unknown", ":2"),
    "a,b,label,probability\nx,y,yes,0\n": ("probability is '0'", ":2"),
    "a,b,label,probability\nx,y,yes,nan\n": ("probability is 'nan'", ":2"),
    "a,b,label,sampling\nx,y,yes,nightly\n": ("sampling 'nightly' is unknown", ":2"),
    "a,b,a_start,a_stop,b_start,b_stop,label\nx,y,1,5,2,,yes\n": ("b_stop is missing", ":2"),
    "a,b,a_start,a_stop,b_start,b_stop,label\nx,y,-1,5,2,3,yes\n": ("a_start is '-1'", ":2"),
    "a,b,a_start,a_stop,b_start,b_stop,label\nx,y,1,5,3,3,yes\n": ("b_start 3 is not before b_stop 3", ":2"),
    "a,b,label\nx,y,yes\nz,w,no\ny,x,no\n": ("says 'no' where", ":4"),
}


@pytest.mark.parametrize("text", BAD)
def test_mistakes_are_named_with_their_line(tmp_path: Path, text: str) -> None:
    what, line = BAD[text]
    path = write(tmp_path, text)
    with pytest.raises(LabelsError) as caught:
        read([path])
    assert what in str(caught.value)
    assert f"{path}{line}" in str(caught.value)


def test_every_mistake_is_listed(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b,label\nx,y,maybe\nq,q,yes\n")
    with pytest.raises(LabelsError) as caught:
        read([path])
    assert [problem.where for problem in caught.value.problems] == [f"{path}:2", f"{path}:3"]


def test_json_lines_mistakes(tmp_path: Path) -> None:
    lines = [
        "{",
        "[1]",
        '{"a": "x", "b": "y", "label": 3}',
        '{"a": "x", "b": "y", "label": "yes", "colour": "red"}',
    ]
    for number, line in enumerate(lines, 1):
        path = write(tmp_path, "\n" * (number - 1) + line + "\n", "labels.jsonl")
        with pytest.raises(LabelsError, match=f"labels.jsonl:{number}:"):
            read([path])


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(b"a,b,label\n\xff,y,yes\n")
    with pytest.raises(LabelsError, match="cannot be read"):
        read([path])
    with pytest.raises(LabelsError, match="cannot be read"):
        read([tmp_path / "missing.csv"])


def test_csv_and_json_lines_say_the_same(tmp_path: Path) -> None:
    csv = write(tmp_path, "﻿a,b,a_start,a_stop,b_start,b_stop,label,story\nz,k,5,9,1,4,Wholly-Derived,s1\n")
    row = {
        "a": "k",
        "b": "z",
        "a_start": 1,
        "a_stop": 4,
        "b_start": 5,
        "b_stop": 9,
        "label": "wholly",
        "story": "s1",
    }
    jsonl = write(tmp_path, json.dumps(row), "labels.jsonl")
    one, two = read([csv]), read([jsonl])
    assert one.digest == two.digest
    label = one.rows[0]
    assert (label.a, label.b, label.spans, label.verdict, label.positive) == (
        "k",
        "z",
        (1, 4, 5, 9),
        "wholly",
        True,
    )


def test_order_of_lines_does_not_matter(tmp_path: Path) -> None:
    lines = [f"d{n},e{n},{'yes' if n % 2 else 'no'}\n" for n in range(9)]
    one = read([write(tmp_path, "a,b,label\n" + "".join(lines), "one.csv")])
    two = read([write(tmp_path, "a,b,label\n" + "".join(reversed(lines)), "two.csv")])
    assert one.digest == two.digest
    assert [row.key for row in one.rows] == [row.key for row in two.rows]


def test_repeats_count_once_and_are_noted(tmp_path: Path) -> None:
    found = read([write(tmp_path, "a,b,label\nx,y,yes\ny,x,yes\n")])
    assert len(found.rows) == 1
    assert any("repeated" in note for note in found.notes)


def test_ids_and_spans_are_checked_against_the_run(tmp_path: Path) -> None:
    text = "a,b,a_start,a_stop,b_start,b_stop,label\nx,y,0,11,0,5,yes\nx,nobody,,,,,no\nx,y,0,10,0,5,yes\n"
    labels = read([write(tmp_path, text)])
    with pytest.raises(LabelsError) as caught:
        check_against(labels, {"x": 10, "y": 10})
    assert "labels.csv:2: the passage ends at 11, document 'x' has 10 characters" in str(caught.value)
    assert "labels.csv:3: document 'nobody' is not in the run" in str(caught.value)
    assert len(caught.value.problems) == 2


def log(folder: Path, *rows: dict, cut: str = "") -> Path:
    design = {
        "design": {
            "format": 1,
            "run": "r",
            "unit": "documents",
            "seed": 0,
            "cells": [["s", 10], ["s*", 4], ["t", 3]],
        }
    }
    return write(folder, "".join(json.dumps(row) + "\n" for row in (design, *rows)) + cut, "log.jsonl")


def answer(a: str, label: str, cell: str, annotator: str = "") -> dict:
    return {"a": a, "b": a + "'", "label": label, "cell": cell, "annotator": annotator, "sampling": "random"}


def test_log_gives_probabilities_of_what_was_answered_in_the_end(tmp_path: Path) -> None:
    undo = {"undo": {"a": "d", "b": "d'", "spans": None, "annotator": ""}}
    rows = (
        answer("c", "yes", "s"),
        answer("d", "no", "s"),
        undo,
        answer("e", "no", "s*"),
        answer("f", "unsure", "s"),
    )
    found = read([log(tmp_path, *rows, cut='{"a": "x", "b"')])
    assert {row.a: row.probability for row in found.rows} == {"c": 0.1, "e": 0.25, "f": 0.1}
    assert any("not whole" in note for note in found.notes)
    assert any("stratum t (3 pairs)" in note for note in found.notes)


def test_two_annotators_of_one_pair_count_once_in_the_probability(tmp_path: Path) -> None:
    rows = [answer("c", "yes", "s", who) for who in ("ana", "ben")]
    found = read([log(tmp_path, *rows)])
    assert {row.probability for row in found.rows} == {1 / 14}


@given(
    st.dictionaries(st.sampled_from("pqr"), st.tuples(st.integers(1, 40), st.integers(0, 40)), min_size=1),
    st.data(),
)
def test_weights_sum_to_the_answered_strata(sizes: dict, data: st.DataObject) -> None:
    """Horvitz-Thompson: the weights of all answers add up to the number of pairs they speak for."""
    cells: dict[str, int] = {}
    for name, (rest, sharp) in sizes.items():
        cells[name], cells[name + SHARP] = rest, sharp
    cells = {name: size for name, size in cells.items() if size}
    answered = {name: data.draw(st.integers(0, size)) for name, size in cells.items()}
    chance, silent = probabilities(cells, answered)
    spoken_for = sum(answered[name] / chance[name] for name in cells if answered[name])
    assert spoken_for == pytest.approx(sum(cells.values()) - sum(size for _, size in silent))


def test_majority_decides_and_ties_are_left_out() -> None:
    def say(who: str, verdict: str, a: str = "x") -> Label:
        return Label("", a, "y", None, verdict, annotator=who)

    rows = [say("1", "yes"), say("2", "no"), say("3", "wholly"), say("1", "yes", "p"), say("2", "not", "p")]
    decided, tied = resolve(rows)
    assert [(row.a, row.positive) for row in decided] == [("x", True)]
    assert tied == 1


def test_kappa_equals_scikit_learn() -> None:
    from sklearn.metrics import cohen_kappa_score

    said = {"ana": "ynyynnuyyn", "ben": "ynynnnuyny"}
    full = {"y": "yes", "n": "no", "u": "unsure"}
    rows = [
        Label(f"{who}:{n}", f"d{n}", f"e{n}", None, full[letter], story=f"s{n}", annotator=who)
        for who, letters in said.items()
        for n, letter in enumerate(letters)
    ]
    (found,) = agreements(rows)
    assert found.kappa.value == pytest.approx(cohen_kappa_score(list(said["ana"]), list(said["ben"])))
    assert found.both == 10
    assert [one.a for one, _ in found.disagreements] == ["d3", "d8", "d9"]
    assert found.kappa.low <= found.kappa.value <= found.kappa.high
