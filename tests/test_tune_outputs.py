"""What a tuning writes, the comparison of two, the command line, and bytes that repeat."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tune_data import meta, run_tables
from typer.testing import CliRunner

from dedupe.cli import label as label_command
from dedupe.cli import tune as tune_command
from dedupe.errors import RunError, SettingsError
from dedupe.records import TABLES
from dedupe.settings import Settings, load
from dedupe.tune import outputs
from dedupe.tune.choice import Criterion
from dedupe.tune.compare import compare
from dedupe.tune.cuts import CUTS
from dedupe.tune.labels import Label, Labels
from dedupe.tune.tuning import Tuning, lsh, tune

RUN, LABELS = run_tables(120)


def tuned(criterion: Criterion, labels: list[Label] = LABELS, tables: dict[str, pa.Table] = RUN) -> Tuning:
    return tune(Labels(tuple(labels), digest="d" * 16), tables, meta()["settings"], criterion, draws=100)


@pytest.fixture(scope="module")
def found() -> Tuning:
    return tuned(Criterion("cost", fp=3, fn=1))


def test_all_files_and_the_same_bytes(tmp_path: Path, found: Tuning) -> None:
    outputs.write(found, RUN, meta(), tmp_path / "one")
    outputs.write(tuned(Criterion("cost", fp=3, fn=1)), RUN, meta(), tmp_path / "two")
    for name in outputs.FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    before = (tmp_path / "one" / "history.jsonl").read_bytes()
    outputs.write(found, RUN, meta(), tmp_path / "one")
    assert (tmp_path / "one" / "history.jsonl").read_bytes() == before
    outputs.write(tuned(Criterion()), RUN, meta(), tmp_path / "one")
    assert [one["criterion"] for one in outputs.history(tmp_path / "one")] == [
        "least cost, fp=3, fn=1",
        "precision ≥ 0.95 with 95 % confidence",
    ]


def test_tuned_toml_is_a_settings_file(tmp_path: Path, found: Tuning) -> None:
    outputs.write(found, RUN, meta(), tmp_path)
    settings = load(tmp_path / "tuned.toml")
    values = settings.as_dict()
    written = [values[section][name] for section, name in (cut.setting.split(".") for cut in CUTS)]
    assert written == found.choice.thresholds.tolist()
    assert settings.shingles == Settings().shingles
    assert "labels_digest" in (tmp_path / "tuned.toml").read_text()


def test_a_refusal_writes_the_runs_own_settings(tmp_path: Path) -> None:
    few = LABELS[:20]
    run = meta()
    run["settings"]["shingles"]["k"] = 4
    outputs.write(tuned(Criterion(), few), RUN, run, tmp_path)
    settings = load(tmp_path / "tuned.toml")
    assert settings == replace(Settings(), shingles=replace(Settings().shingles, k=4))
    data = json.loads((tmp_path / "tuning.json").read_text())
    assert data["decision"] == "kept"
    assert "too few independent labels" in data["refusal"]
    assert "too few independent labels" in (tmp_path / "tuned.toml").read_text()
    assert "too few independent labels" in data["paragraph"]


def test_curves(tmp_path: Path, found: Tuning) -> None:
    outputs.write(found, RUN, meta(), tmp_path)
    table = pq.read_table(tmp_path / "curve.parquet")
    names = set(table["channel"].to_pylist())
    assert {
        "exact",
        "reworded",
        "translated",
        "combined",
        "jaccard",
        "minhash",
        "covered",
        "longest_words",
    } == names
    for row in table.to_pylist():
        assert row["precision_low"] <= row["precision"] <= row["precision_high"]
        assert row["recall_low"] <= row["recall"] <= row["recall_high"]
    for name in names:
        rows = [row for row in table.to_pylist() if row["channel"] == name]
        assert [row["recall"] for row in rows] == sorted((row["recall"] for row in rows), reverse=True)


def test_the_page_runs_nothing_of_the_articles(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\ud800"
    rows = RUN["documents"].to_pylist()
    for row in rows:
        row["text"] = "<b>" + row["text"][3:]
    labels = [replace(label, relation="wire-outlet") for label in LABELS]
    labels[0] = replace(labels[0], story=evil.replace("\ud800", ""))
    tables = {**RUN, "documents": pa.Table.from_pylist(rows, schema=RUN["documents"].schema)}
    outputs.write(tuned(Criterion("max"), labels, tables), tables, meta(), tmp_path)
    page = (tmp_path / "tuning.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script(?: [^>]*)?>(.*?)</script>", page, re.S)
    assert len(scripts) == 2
    assert "<b>" not in page
    assert "alert(1)</script>" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)  # type: ignore[union-attr]
    for code, kind in (
        (scripts[1], "script"),
        (re.search(r"<style>(.*?)</style>", page, re.S).group(1), "style"),
    ):  # type: ignore[union-attr]
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"(?:src|href)=[\"']?https?:", page)
    data = json.loads(scripts[0])
    assert data["units"][0]["texts"][0].startswith("<b>")
    assert len(data["values"]) == len(data["owner"])


def test_lsh_mathematics() -> None:
    found = lsh(meta()["settings"])
    assert found.bands * found.rows <= Settings().minhash.permutations
    assert found.threshold == pytest.approx((1 / found.bands) ** (1 / found.rows), abs=1e-6)
    assert dict(found.probabilities)[1.0] == 1
    assert dict(found.probabilities)[0.5] == pytest.approx(1 - (1 - 0.5**found.rows) ** found.bands, abs=1e-6)


def test_compare(tmp_path: Path, found: Tuning) -> None:
    outputs.write(found, RUN, meta(), tmp_path / "a")
    outputs.write(tuned(Criterion("cost", fp=1, fn=9), LABELS[:-3]), RUN, meta(), tmp_path / "b")
    a, b = outputs.load(tmp_path / "a"), outputs.load(tmp_path / "b")
    same, other = compare(a, a), compare(a, b)
    assert all(change == (0, 0, 0) for change in same.difference.values())
    assert not same.flipped
    assert other.difference["recall"].low > 0
    assert other.difference["recall"].value == pytest.approx(other.b["recall"] - other.a["recall"])
    assert other.left_out == 3
    decided = {(unit["a"], unit["b"]): unit["chosen"] for unit in b["units"]}
    assert len(other.flipped) == sum(
        unit["chosen"] != decided.get((unit["a"], unit["b"]), unit["chosen"]) for unit in a["units"]
    )
    with pytest.raises(RunError, match="share no labelled pair"):
        compare(a, {**b, "units": []})


def test_loading_what_is_no_tuning(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no tuning"):
        outputs.load(tmp_path)
    with pytest.raises(RunError, match="holds no tuning"):
        outputs.history(tmp_path)
    (tmp_path / "tuning.json").write_text('{"format": 99}')
    with pytest.raises(RunError, match="another format"):
        outputs.load(tmp_path)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    folder.mkdir()
    for name, schema in TABLES.items():
        pq.write_table(RUN.get(name, schema.empty_table()), folder / f"{name}.parquet")
    (folder / "run.json").write_text(json.dumps(meta()))
    (folder / "rejected.jsonl").write_text("")
    return folder


def labels_file(folder: Path) -> Path:
    path = folder / "labels.csv"
    lines = [f"{one.a},{one.b},{one.verdict},{one.story}\n" for one in LABELS]
    path.write_text("a,b,label,story\n" + "".join(lines))
    return path


def test_command_line(tmp_path: Path, run_folder: Path) -> None:
    labels, out = labels_file(tmp_path), tmp_path / "out"
    invoke = CliRunner().invoke
    for extra in (["--cost", "fp=3,fn=1"], ["--max", "F1"]):
        done = invoke(tune_command.app, [str(labels), "--on", str(run_folder), "-o", str(out), *extra])
        assert done.exit_code == 0, done.output
        assert "cross-validated" in done.stdout
    assert "least cost" in invoke(tune_command.app, ["history", str(out)]).stdout
    done = invoke(tune_command.app, ["compare", str(out), str(out)])
    assert done.exit_code == 0
    assert "+0.000" in done.stdout
    assert (
        json.loads(invoke(tune_command.app, ["compare", str(out), str(out), "--json"]).stdout)["pairs"] == 240
    )
    assert invoke(tune_command.app, ["labels", "--help"]).exit_code == 0
    assert invoke(tune_command.app, ["agreement", str(labels)]).exit_code == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--max", "AUC"], ["--cost", "fp=1"], ["--cost", "cheap"], ["--min-precision", "1.5"],
        ["--max", "F1", "--min-recall", "0.9"],
    ],
)  # fmt: skip
def test_criteria_that_make_no_sense(tmp_path: Path, run_folder: Path, options: list[str]) -> None:
    command = [str(labels_file(tmp_path)), "--on", str(run_folder), "-o", str(tmp_path / "out"), *options]
    done = CliRunner().invoke(tune_command.app, command)
    assert isinstance(done.exception, SettingsError)
    assert not (tmp_path / "out").exists()


def test_label_then_tune(tmp_path: Path, run_folder: Path) -> None:
    import typer

    app = typer.Typer()
    app.command()(label_command.command)
    log = tmp_path / "log.jsonl"
    for keys in ("y\nn\n", "y\nb\nu\ny\n"):
        done = CliRunner().invoke(app, [str(run_folder), "-o", str(log), "--uncertain"], input=keys)
        assert done.exit_code == 0, done.output
    assert log.read_text().count('"label"') == 5
    out = tmp_path / "out"
    done = CliRunner().invoke(tune_command.app, [str(log), "--on", str(run_folder), "-o", str(out)])
    assert done.exit_code == 0, done.output
    data = json.loads((out / "tuning.json").read_text())
    assert data["labels"]["used"] == 3
    assert data["labels"]["weighted"] == 3
    assert "too few independent labels" in data["refusal"]
