"""The tuning page and the labelling page in a real browser; skipped without one."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from tune_data import meta, run_tables

from dedupe.tune import browser, outputs
from dedupe.tune.choice import Criterion
from dedupe.tune.labels import Labels
from dedupe.tune.sampling import plan
from dedupe.tune.session import open_session
from dedupe.tune.shown import Texts
from dedupe.tune.tuning import tune


@pytest.fixture
def window(chromium: Any) -> Any:
    return chromium


def watched(window: Any) -> tuple[Any, list[str], list[str]]:
    page = window.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    return page, complaints, requests


def test_sliders_move_the_figures(tmp_path: Path, window: Any) -> None:
    tables, labels = run_tables(80)
    done = tune(Labels(tuple(labels)), tables, meta()["settings"], Criterion("cost", fp=9, fn=1), draws=50)
    outputs.write(done, tables, meta(), tmp_path)
    page, complaints, requests = watched(window)
    page.goto((tmp_path / "tuning.html").as_uri())
    shown = [cell.inner_text() for cell in page.query_selector_all("#now td")]
    assert shown == [
        f"{done.tuned.precision.value:.3f}",
        f"{done.tuned.recall.value:.3f}",
        f"{done.tuned.f1.value:.3f}",
    ]
    before, after = done.decisions()
    assert page.inner_text("#count").startswith(f"{(before != after).sum()} labelled pairs flipped")
    page.click("#to-run")
    assert page.inner_text("#count").startswith("0 labelled pairs flipped")
    assert page.inner_text("#now td") == f"{done.default.precision.value:.3f}"
    page.fill("#cut-0", "25")
    assert page.query_selector_all("#flipped .pair")
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    page.close()


def test_labelling_by_key_and_button(tmp_path: Path, window: Any) -> None:
    tables, _ = run_tables(20)
    rows = tables["documents"].to_pylist()
    for row in rows:
        row["text"] = "<img src=x onerror=alert(1)>" + row["text"]
    tables["documents"] = type(tables["documents"]).from_pylist(rows, schema=tables["documents"].schema)
    session = open_session(tmp_path / "log.jsonl", plan(tables, meta(), "passages", 0), "ana")
    desk = browser.Desk(session, Texts(tables))
    server = browser.serve(desk)
    thread = threading.Thread(target=browser.run, args=(desk, server), daemon=True)
    thread.start()
    page, complaints, requests = watched(window)
    address = browser.address(desk, server)
    page.goto(address)
    page.wait_for_selector("mark")
    assert "<img src=x" in page.inner_text("#sides")
    page.keyboard.press("y")
    page.wait_for_selector("#state:has-text('1 answered')")
    page.click("button:has-text('unsure')")
    page.wait_for_selector("#state:has-text('2 answered')")
    page.keyboard.press("b")
    page.wait_for_selector("#state:has-text('1 answered')")
    page.keyboard.press("f")
    page.wait_for_selector("#state:has-text('Finished')")
    thread.join(10)
    assert not thread.is_alive()
    session.close()
    assert len(session.done) == 1
    assert complaints == []
    assert all(url.startswith((address, "data:")) for url in requests)
    page.close()
