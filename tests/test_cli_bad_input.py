"""Bad input: one clear sentence on stderr, the right exit code, and the good records are analysed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command import QUICK, STORY, Result, dedupe_here, records, write_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

GOOD = [
    {"id": "a", "outlet": "dawn.example", "text": STORY},
    {"id": "b", "outlet": "dusk.example", "text": STORY},
]

# name of a file, what is in it, which record is rejected, part of the reason
REJECTED: list[tuple[str, bytes, str, str]] = [
    ("x.txt", b"", "x.txt", "the file is empty"),
    ("x.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "x.txt", "binary"),
    ("x.jsonl", b"{bad\n", "x.jsonl:1", "not JSON"),
    ("x.jsonl", b'{"id": "x"}\n', "x.jsonl:1", "text is missing"),
    ("x.jsonl", b'{"text": "x"}\n', "x.jsonl:1", "id is missing"),
    ("x.jsonl", b'{"id": "a", "text": "x"}\n', "x.jsonl:1", "already used in good.jsonl:1"),
    ("x.csv", b"name,body\n1,2\n", "x.csv:1", "needs the columns id and text"),
    ("x.parquet", b"PAR1 damaged", "x.parquet", "not readable as Parquet"),
]


def _good_and(folder: Path, name: str, data: bytes) -> Path:
    write_lines(folder / "good.jsonl", GOOD)
    (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize(("name", "data", "where", "reason"), REJECTED, ids=[row[3] for row in REJECTED])
def test_a_bad_record_is_named_and_the_good_ones_analysed(
    tmp_path: Path, name: str, data: bytes, where: str, reason: str
) -> None:
    folder = _good_and(tmp_path / "in", name, data)
    done = dedupe_here("run", folder, "-o", tmp_path / "out", *QUICK)
    (line,) = [line for line in done.err.splitlines() if line.startswith("rejected:")]
    assert done.code == 3
    assert line.startswith(f"rejected: {where}: ") and reason in line and ";" in line
    assert "3 read, 2 analysed, 1 rejected; 1 shared passages" in done.err
    (kept,) = (tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(kept)["where"] == where


@pytest.mark.parametrize("command", ["credits", "similar"])
def test_other_commands_reject_in_the_same_way(tmp_path: Path, command: str) -> None:
    folder = _good_and(tmp_path / "in", "x.txt", b"")
    done = dedupe_here(command, folder, "--json")
    assert done.code == 3
    assert "rejected: x.txt: the file is empty; remove it or fill it" in done.err
    assert '"a"' in done.out


def test_a_line_of_fifty_megabytes(tmp_path: Path) -> None:
    folder = _good_and(tmp_path / "in", "x.jsonl", b'{"id": "x", "text": "' + b"x" * 50_000_000 + b'"}\n')
    done = dedupe_here("run", folder, "-o", tmp_path / "out", *QUICK)
    assert done.code == 3
    assert "rejected: x.jsonl:1: the line is longer than" in done.err
    assert "2 analysed" in done.err


def test_a_wrong_encoding_is_read_all_the_same(tmp_path: Path) -> None:
    text = f"À Genève, l'été a été très agréable. {STORY}"
    folder = _good_and(tmp_path / "in", "x.txt", text.encode("latin-1"))
    done = dedupe_here("run", folder, "-o", tmp_path / "out", *QUICK)
    assert done.code == 0
    assert text in pq.read_table(tmp_path / "out" / "documents.parquet")["text"].to_pylist()


def test_many_rejections_are_counted(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "x.jsonl", ["{bad"] * 25)
    done = dedupe_here("run", lines, "-o", tmp_path / "out", *QUICK)
    assert done.code == 3
    said = [line for line in done.err.splitlines() if line.startswith("rejected:")]
    assert len(said) == 21
    assert said[-1] == f"rejected: 5 more; all are in {tmp_path / 'out' / 'rejected.jsonl'}"


def test_a_bad_line_among_pairs(tmp_path: Path) -> None:
    documents = write_lines(tmp_path / "d.jsonl", GOOD)
    bad = [
        "nope",
        '{"a": "a"}',
        "[1]",
        '{"a": ["x"], "b": "b"}',
        '{"a": "a", "b": "q"}',
        '{"a": true, "b": "b"}',
    ]
    pairs = write_lines(tmp_path / "p.jsonl", ['{"a": "a", "b": "b"}', *bad])
    done = dedupe_here("align", documents, pairs, "--json", "--workers", "1")
    assert done.code == 3
    assert len(json.loads(done.out)["passages"]) == 1
    assert [line.split(": ")[1] for line in done.err.splitlines() if "rejected" in line] == [
        f"{pairs}:{number}" for number in range(2, 8)
    ]


Prepare = Callable[[Path], list[object]]


def _input(folder: Path) -> Path:
    return write_lines(folder / "good.jsonl", GOOD)


def _made(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# what is wrong, the command, part of the sentence, what it says to do
USAGE: list[tuple[str, Prepare, str, str]] = [
    ("no such file", lambda at: ["run", at / "none.jsonl"], "none.jsonl: no such file", "check the path"),
    (
        "an empty folder",
        lambda at: ["run", _made(at / "f" / "x.txt").unlink() or at / "f"],
        "f: the folder has no files",
        "put articles there",
    ),
    (
        "no kind that is read",
        lambda at: ["run", _made(at / "f" / "x.pdf").parent],
        "no file of a kind",
        "give .txt",
    ),
    (
        "an unknown setting",
        lambda at: ["run", _input(at), "--set", "align.nope=1"],
        "align.nope",
        "align has",
    ),
    (
        "settings that are no TOML",
        lambda at: ["run", _input(at), "--settings", _made(at / "s.toml", "[[[")],
        "s.toml: is not TOML",
        "write one [section]",
    ),
    (
        "settings that are not there",
        lambda at: ["run", _input(at), "--settings", at / "no.toml"],
        "no.toml: cannot be read",
        "check the path",
    ),
    ("an unknown channel", lambda at: ["run", _input(at), "--channels", "nope"], "'nope'", "use some of"),
    (
        "an output folder that is no run",
        lambda at: ["run", _input(at), "-o", _made(at / "thesis" / "thesis.docx").parent],
        "thesis: is a folder with other things",
        "name a new or empty folder",
    ),
    (
        "an output that is a file",
        lambda at: ["run", _input(at), "-o", _made(at / "x")],
        "is a file",
        "name a folder",
    ),
    (
        "an output that cannot be written",
        lambda at: ["run", _input(at), "-o", _made(at / "x") / "below"],
        "below: cannot be written: Not a directory",
        "name another folder",
    ),
    (
        "a facts folder that is not there",
        lambda at: ["run", _input(at), "--facts", at / "no"],
        "is no folder",
        "give",
    ),
    (
        "a folder that is no run",
        lambda at: ["matrix", _made(at / "x").parent],
        "is not a finished run",
        "make one",
    ),
    (
        "an unknown order",
        lambda at: ["similar", _input(at), "--sort", "size"],
        "unknown order 'size'",
        "use one of",
    ),
    (
        "two articles in a file",
        lambda at: ["compare", _input(at), _input(at)],
        "holds 2 articles",
        "exactly one",
    ),
    (
        "an empty article",
        lambda at: ["compare", _made(at / "x.txt"), _input(at)],
        "x.txt: the file is empty",
        "give",
    ),
    (
        "no such pairs",
        lambda at: ["align", _input(at), at / "no.jsonl"],
        "no.jsonl: cannot be read",
        "give JSON Lines",
    ),
    ("an unknown command", lambda at: ["matrices"], "No such command 'matrices'", "see dedupe --help"),
    ("an unknown option", lambda at: ["run", "--nope"], "No such option: --nope", "see dedupe run --help"),
    ("a missing argument", lambda at: ["matrix"], "Missing argument", "see dedupe matrix --help"),
    ("too few workers", lambda at: ["run", "x", "--workers", "-1"], "--workers", "see dedupe run"),
]


@pytest.mark.parametrize(
    ("arguments", "part", "mend"), [row[1:] for row in USAGE], ids=[row[0] for row in USAGE]
)
def test_what_a_user_can_mend(tmp_path: Path, arguments: Prepare, part: str, mend: str) -> None:
    done = dedupe_here(*arguments(tmp_path))
    assert done.code == 2
    assert done.error.startswith("error: ")
    assert part in done.error
    assert mend in done.error.rpartition("; ")[2]


# what is wrong with a copy of a run, how it is damaged, the command, part of the sentence
DAMAGE: list[tuple[str, Callable[[Path], object], str, str]] = [
    ("another format", lambda run: _format(run, 99), "matrix", "format 99, this version reads format 1"),
    ("no format", lambda run: (run / "run.json").write_text("{}"), "matrix", "format None"),
    (
        "a thin run.json",
        lambda run: (run / "run.json").write_text('{"format": 1}'),
        "report",
        "run.json lacks",
    ),
    ("a table is missing", lambda run: (run / "pairs.parquet").unlink(), "report", "lacks pairs.parquet"),
    (
        "a table is cut",
        lambda run: (run / "matrix.parquet").write_bytes(b"PAR1"),
        "matrix",
        "matrix.parquet: cannot",
    ),
    (
        "a table of something else",
        lambda run: pq.write_table(pa.table({"x": [1]}), run / "matrix.parquet"),
        "matrix",
        "matrix.parquet: has other columns",
    ),
    (
        "no rejected.jsonl",
        lambda run: (run / "rejected.jsonl").unlink(),
        "report",
        "rejected.jsonl: cannot be read",
    ),
]


def _format(run: Path, number: int) -> None:
    meta = json.loads((run / "run.json").read_text(encoding="utf-8"))
    (run / "run.json").write_text(json.dumps({**meta, "format": number}), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "command", "part"), [row[1:] for row in DAMAGE], ids=[row[0] for row in DAMAGE]
)
def test_a_run_that_cannot_be_read(
    small_run: Path, tmp_path: Path, damage: Callable[[Path], object], command: str, part: str
) -> None:
    run = shutil.copytree(small_run, tmp_path / "run")
    damage(run)
    done = dedupe_here(command, run)
    assert done.code == 2
    assert part in done.error and done.error.endswith("run it again")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["show", "RUN", "wire-1", "z-9"], "has no document 'z-9'"),
        (["show", "RUN", "a", "b-1"], "did you mean a-1"),
        (["report", "RUN", "--format", "pdf"], "'pdf' is not one of"),
        (["report", "RUN", "--language", "xx"], "'xx' is not one of"),
        (["report", "RUN", "-o", "AT"], "is a folder; name a file"),
        (["report", "RUN", "-o", "AT/no/such.html"], "such.html: cannot be written: No such file"),
        (["report", "RUN", "--format", "json", "-o", "AT/no/such.json"], "such.json: cannot be written"),
        (["report", "RUN", "--format", "xlsx", "-o", "AT/no/such.xlsx"], "such.xlsx: cannot be written"),
    ],
)
def test_wrong_questions_to_a_run(small_run: Path, tmp_path: Path, arguments: list[str], part: str) -> None:
    filled = [word.replace("RUN", str(small_run)).replace("AT", str(tmp_path)) for word in arguments]
    done = dedupe_here(*filled)
    assert done.code == 2
    assert part in done.error


HOSTILE = [
    "../../outside", "/etc/outside", "..", "C:\\outside", "a\x00b", "\x1b[31mred\x1b[0m\x07", "two\nlines",
    "\u202egnp.exe", "x" * 10_000, "-rf", "con", "=1+1", "<script>alert(1)</script>",
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    base = tmp_path_factory.mktemp("hostile")
    rows = [{"id": name, "outlet": f"o{n}.example", "text": STORY} for n, name in enumerate(HOSTILE)]
    return base, dedupe_here("run", write_lines(base / "in.jsonl", rows), "-o", base / "out", *QUICK)


def test_hostile_ids_are_ids_like_others(hostile: tuple[Path, Result]) -> None:
    base, done = hostile
    assert done.code == 0
    for form in ("csv", "xlsx", "json", "markdown"):
        assert dedupe_here("report", base / "out", "--format", form).code == 0
    assert sorted(path.name for path in base.iterdir()) == ["in.jsonl", "out"]
    assert pq.read_table(base / "out" / "documents.parquet")["id"].to_pylist() == sorted(HOSTILE)
    assert all(path.name.isascii() and len(path.name) < 30 for path in (base / "out").rglob("*"))


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if not name.startswith("-")], ids=lambda name: ascii(name[:20])
)
def test_nothing_of_an_id_commands_the_terminal(hostile: tuple[Path, Result], name: str) -> None:
    base, _ = hostile
    if "\x00" not in name:  # no operating system passes that as an argument
        shown = dedupe_here("show", base / "out", name, "con" if name != "con" else "..")
        assert shown.code == 0
        assert not set("\x1b\x07\u202e\x00") & set(shown.out + shown.err)


def test_unknown_hostile_ids(hostile: tuple[Path, Result]) -> None:
    base, _ = hostile
    for name in ("\x1b[31", "b" * 10_000, "../"):
        done = dedupe_here("show", base / "out", name, "con")
        assert done.code == 2
        assert "\x1b" not in done.error


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=15,
    derandomize=True,
)
@given(st.binary(max_size=200), st.sampled_from([".txt", ".jsonl", ".csv", ".parquet"]))
def test_no_bytes_break_the_command(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data)
    done = dedupe_here("credits", path, "--json")
    assert done.code in (0, 3)
    for line in done.out.splitlines():
        json.loads(line)


def test_rejections_do_not_hide_findings(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "in.jsonl", [*records(), "{bad"])
    done = dedupe_here("run", path, "-o", tmp_path / "out", "--fail-on", "0.1", *QUICK)
    assert done.code == 1
    assert "rejected: in.jsonl:5" in done.err
