"""Labelling: the sample, the log that survives a kill, the terminal and the page."""

from __future__ import annotations

import http.client
import io
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tune_data import meta, run_tables

from dedupe.tune import browser, terminal
from dedupe.tune.labels import Key
from dedupe.tune.parsing import read
from dedupe.tune.sampling import Plan, plan
from dedupe.tune.session import Session, SessionError, open_session
from dedupe.tune.shown import Texts, marked
from dedupe.tune.weights import SHARP

TABLES, TRUTH = run_tables(60)
PLAN = plan(TABLES, meta(), "passages", 3)


def begun(path: Path, who: str = "", which: Plan = PLAN) -> Session:
    return open_session(path, which, who, clock=lambda: "2031-05-06T07:08:09Z")


def test_the_same_seed_gives_the_same_sample_whatever_the_order_of_rows() -> None:
    rng = np.random.default_rng(0)
    shuffled = {name: one.take(pa.array(rng.permutation(one.num_rows))) for name, one in TABLES.items()}
    assert plan(shuffled, meta(), "passages", 3) == PLAN
    assert plan(TABLES, meta(), "passages", 4).order != PLAN.order


@pytest.mark.parametrize("unit", ["passages", "documents"])
def test_the_plan_holds_every_pair_once(unit: str) -> None:
    found = plan(TABLES, meta(), unit, 0)  # type: ignore[arg-type]
    keys = [item.key for item in found.order]
    assert len(keys) == len(set(keys)) == 120
    assert Counter(item.cell for item in found.order) == Counter(dict(map(tuple, found.design["cells"])))
    assert all((key[2] is None) == (unit == "documents") for key in keys)


def test_strata_take_turns_and_reach_below_the_cut() -> None:
    first = [item.cell.removesuffix(SHARP) for item in PLAN.order]
    strata = set(first)
    assert len(set(first[: len(strata)])) == len(strata)
    assert any("0.45 to 0.50" in name or "0.00 to 0.45" in name for name in strata)


def test_pairs_without_a_passage_are_in_the_frame_of_documents() -> None:
    pairs = TABLES["pairs"].to_pylist()
    lone = {**pairs[0], "a": "d000-0a", "b": "d001-0b", "passages": 0}
    tables = {**TABLES, "pairs": pa.Table.from_pylist([*pairs, lone], schema=TABLES["pairs"].schema)}
    found = plan(tables, meta(), "documents", 0)
    (cell,) = (item.cell for item in found.order if item.key == ("d000-0a", "d001-0b", None))
    assert cell == "documents, turned down or none"


def test_uncertain_pairs_are_those_nearest_to_the_cut() -> None:
    sharp = {item.key for item in PLAN.uncertain}
    rows = {
        (row["a"], row["b"], (row["a_start"], row["a_stop"], row["b_start"], row["b_stop"])): row
        for row in TABLES["candidates"].to_pylist()
        if row["kind"] == "reworded"
    }

    def distance(key: Key) -> float:
        row = rows[key]
        return abs(min(row["score"] / (row["score"] + 0.5), row["a_words"] / (row["a_words"] + 10)) - 0.5)

    near = sorted(rows, key=distance)
    assert sharp & set(rows) == set(near[: len(sharp & set(rows))])


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from("ynubex"), max_size=25), st.integers(0, 60))
def test_a_kill_at_any_byte_loses_nothing_that_was_saved(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str], torn: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    session = begun(path)
    sizes = [path.stat().st_size]
    states = [list(session.done)]
    for key in keys:
        if key == "b":
            session.back()
        elif key == "e":
            session.prefer_uncertain(not session.uncertain)
        else:
            session.answer(key)
        sizes.append(path.stat().st_size)
        states.append(list(session.done))
    session.close()
    whole = path.read_bytes()
    cut = max(sizes[0], len(whole) - torn)
    path.write_bytes(whole[:cut])
    again = begun(path)
    at = max(place for place, size in enumerate(sizes) if size <= cut)
    assert again.done == states[at]
    assert again.answer("y") == (again.current is not None or len(again.done) == len(PLAN.order))
    again.close()
    assert len(read([path]).rows) == len(again.done)


def test_back_shows_the_pair_again_and_the_new_answer_counts(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    session = begun(path, "ana")
    first = session.current
    session.answer("y")
    session.answer("n")
    assert session.back() and session.back() and not session.back()
    assert session.current == first
    session.answer("u")
    session.close()
    (row,) = read([path]).rows
    assert (row.key, row.verdict, row.annotator, row.time) == (
        first.key,
        "unsure",
        "ana",
        "2031-05-06T07:08:09Z",
    )


def test_another_sample_or_a_second_labelling_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    session = begun(path)
    with pytest.raises(SessionError, match="open in another labelling"):
        begun(path)
    session.close()
    with pytest.raises(SessionError, match="another run, unit or seed"):
        begun(path, which=plan(TABLES, meta(), "passages", 9))
    path.write_text("not a log\n")
    with pytest.raises(SessionError, match="is not a labelling log"):
        begun(path)


def test_two_annotators_in_one_log_do_not_see_each_other(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    for who in ("ana", "ben"):
        session = begun(path, who)
        assert session.current == PLAN.order[0]
        session.answer("y")
        session.close()
    assert [row.annotator for row in read([path]).rows] == ["ana", "ben"]


def test_answers_are_estimated_without_bias(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weighted answers to part of the sample, most uncertain first, estimate the share of yes."""
    monkeypatch.setattr("os.fsync", lambda number: None)
    truth = {(row.a, row.b): row.verdict for row in TRUTH}
    share = np.mean([verdict == "yes" for verdict in truth.values()])
    found = []
    for seed in range(40):
        path = tmp_path / f"{seed}.jsonl"
        session = begun(path, which=plan(TABLES, meta(), "passages", seed))
        session.prefer_uncertain(True)
        for step in range(50):
            session.prefer_uncertain(step < 12)
            session.answer(truth[session.current.key[:2]][0])
        session.close()
        rows = read([path]).rows
        weight = np.array([1 / row.probability for row in rows])
        found.append((weight * [row.verdict == "yes" for row in rows]).sum() / weight.sum())
        assert {row.sampling for row in rows} == {"random", "uncertain"}
    assert np.mean(found) == pytest.approx(share, abs=0.025)


def test_terminal_by_pipe(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    out: list[str] = []
    keys = terminal.keys_of(io.StringIO("y\nx\n\nNO\nback\nu\nf\nyes\n"), lambda: "")
    assert terminal.label(begun(path), Texts(TABLES), keys, out.append) == 2
    assert Counter(row.verdict for row in read([path]).rows) == {"yes": 1, "unsure": 1}
    text = "".join(out)
    assert "is no answer" in text
    assert "»»" in text
    for hidden in ("score", "reworded", "translated 0", "verbatim 0", "0.5"):
        assert hidden not in text.replace("(verbatim, edited, reworded or translated)", "")


def test_the_end_of_a_pipe_finishes(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    assert terminal.label(begun(path), Texts(TABLES), iter("yn"), lambda text: None) == 2
    assert terminal.label(begun(path), Texts(TABLES), iter("n"), lambda text: None) == 3


def test_hostile_text_cannot_steer_a_terminal() -> None:
    side = browser_side("a\x1b[2Jb\x9bc\r\x00d\ud800e")
    assert not set(terminal._side(side)) & {"\x1b", "\x9b", "\r", "\x00", "\ud800"}


def browser_side(text: str):
    from dedupe.tune.shown import Side

    return Side("Outlet", ((text, False), (text, True)))


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), max_size=5))
def test_marked_text_is_the_text(text: str, found: list[tuple[int, int]]) -> None:
    spans = [(start, min(len(text), start + length)) for start, length in found if start < len(text)]
    parts = marked(text, spans)
    assert "".join(part for part, _ in parts) == text
    flags = [is_marked for part, is_marked in parts for _ in part]
    assert flags == [any(a <= place < b for a, b in spans) for place in range(len(text))]


@contextmanager
def served(path: Path) -> Iterator[tuple[browser.Desk, int, threading.Thread]]:
    desk = browser.Desk(begun(path), Texts(TABLES))
    server = browser.serve(desk)
    thread = threading.Thread(target=browser.run, args=(desk, server), daemon=True)
    thread.start()
    try:
        yield desk, browser.port_of(server), thread
    finally:
        desk.finished.set()
        thread.join(10)
        desk.session.close()


def ask(port: int, path: str, body: object = None, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    sent = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request("GET" if sent is None else "POST", path, sent, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data, dict(answer.getheaders())


def test_the_page_takes_keys_and_saves_each(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with served(path) as (desk, port, thread):
        at = f"/{desk.token}"
        status, page, headers = ask(port, f"{at}/")
        policy = headers["Content-Security-Policy"]
        assert status == 200
        assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "unsafe" not in policy
        assert b"http://" not in page and b"https://" not in page and b"innerHTML" not in page
        state = json.loads(ask(port, f"{at}/state")[1])
        assert state["at"] == 0
        assert set(state) == {"at", "question", "keys", "sides", "uncertain", "finished"}
        assert sum(is_marked for _, is_marked in state["sides"][0]["parts"]) == 1
        state = json.loads(ask(port, f"{at}/key", {"key": "y", "at": 0})[1])
        assert state["at"] == 1
        assert len(path.read_text().splitlines()) == 2
        ask(port, f"{at}/key", {"key": "y", "at": 0})  # the same key once more, from a page that lagged
        assert len(desk.session.done) == 1
        assert json.loads(ask(port, f"{at}/key", {"key": "b", "at": 1})[1])["at"] == 0
        assert json.loads(ask(port, f"{at}/key", {"key": "e", "at": 0})[1])["uncertain"]
        assert json.loads(ask(port, f"{at}/key", {"key": "f", "at": 0})[1])["finished"]
        thread.join(10)
        assert not thread.is_alive()


def test_the_page_is_for_this_browser_alone(tmp_path: Path) -> None:
    with served(tmp_path / "log.jsonl") as (desk, port, _):
        at = f"/{desk.token}"
        assert ask(port, "/")[0] == 404
        assert ask(port, "/guess/state")[0] == 404
        assert ask(port, f"{at}/../../etc/passwd")[0] == 404
        assert ask(port, f"{at}/state", Host=f"evil.example:{port}")[0] == 404
        assert ask(port, f"{at}/key", {"key": "y", "at": 0}, Origin="https://evil.example")[0] == 404
        assert ask(port, f"{at}/key", {"key": "y", "at": 0}, Origin=f"http://127.0.0.1:{port}")[0] == 200
        assert ask(port, f"{at}/key", b"{")[0] == 400
        assert ask(port, f"{at}/key", b"[" * 2000)[0] == 400
        assert ask(port, f"{at}/key", {"key": "wrong", "at": 1})[0] == 200
        assert len(desk.session.done) == 1
        assert len(desk.token) >= 32
