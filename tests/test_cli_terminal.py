"""The command as a shell starts it: pipes, colours, completion, quick help, unexpected errors."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command import STORY, dedupe_here, dedupe_there, write_lines

import dedupe.cli
from dedupe import pairwise

SCRIPT = Path(sys.executable).with_name("dedupe")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")


def on_terminal(*arguments: object, env: dict[str, str]) -> str:
    """Return what the command prints on a terminal of 200 columns."""
    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "dedupe", *map(str, arguments)], stdout=theirs, stderr=theirs,
        env={**clean, "TERM": "xterm-256color", "COLUMNS": "200", **env},
    )  # fmt: skip
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return b"".join(parts).decode("utf-8")


def test_colours_on_a_terminal_and_none_where_they_are_not_wanted(small_run: Path) -> None:
    coloured = on_terminal("matrix", small_run, env={})
    assert COLOUR.search(coloured)
    assert not COLOUR.search(on_terminal("matrix", small_run, env={"NO_COLOR": "1"}))
    assert "\x1b" not in on_terminal("matrix", small_run, env={"TERM": "dumb"})


def test_off_a_terminal_all_is_plain_and_no_line_is_broken(small_run: Path) -> None:
    done = dedupe_there("matrix", small_run, env={"COLUMNS": "20"})
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    (row,) = [line for line in done.out.splitlines() if line.startswith("dusk.example")]
    assert row.split()[-1].isdigit()


def test_a_very_long_name_does_not_widen_the_table(tmp_path: Path) -> None:
    ids = ["x" * 5_000 + "1" + "y" * 5_000, "plain"]
    path = write_lines(tmp_path / "in.jsonl", [{"id": name, "outlet": name, "text": STORY} for name in ids])
    said = dedupe_here("similar", path)
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert any("plain" in line and "x…y" in line for line in lines)
    assert max(map(len, lines)) < 300


def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    rows = [
        {"id": f"{number:0999}", "text": f"Number {number}."} for number in range(200)
    ]  # > 64 KiB of output
    path = write_lines(tmp_path / "in.jsonl", rows)
    script = f'"{sys.executable}" -m dedupe credits "{path}" --json | head -n 1; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    first, code = done.stdout.splitlines()
    assert json.loads(first)["id"] == "0" * 999
    assert code == "0"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_in_one_sentence(small_run: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dedupe", "matrix", str(small_run)], stdout=full, stderr=subprocess.PIPE,
            encoding="utf-8", check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "No space left" in done.stderr


def test_names_of_files_need_not_be_unicode(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")
    Path(path).write_text(STORY, encoding="utf-8")
    done = dedupe_there("credits", path, env={"PYTHONIOENCODING": "ascii"})
    assert done.code in (0, 3)
    assert "Traceback" not in done.err


def test_an_unexpected_error_is_one_sentence_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("on\npurpose")

    monkeypatch.delenv("DEDUPE_DEBUG", raising=False)
    monkeypatch.setattr(pairwise, "read_one", fail)
    done = dedupe_here("compare", tmp_path, tmp_path)
    assert done.code == 4
    assert done.error.startswith("internal error: ZeroDivisionError: on purpose; set DEDUPE_DEBUG=1")
    monkeypatch.setenv("DEDUPE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        dedupe_here("compare", tmp_path, tmp_path)


def test_ctrl_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pairwise, "read_one", stop)
    done = dedupe_here("compare", tmp_path, tmp_path)
    assert (done.code, done.out) == (130, "")
    assert "finished stages are kept" in done.err


@pytest.mark.skipif(not SCRIPT.exists(), reason="the command is not installed")
def test_completion(tmp_path: Path) -> None:
    assert shutil.which("bash")
    env = {**os.environ, "HOME": str(tmp_path), "PATH": f"{SCRIPT.parent}:{os.environ['PATH']}"}
    subprocess.run(
        ["bash", "-c", "dedupe --install-completion; true"], env=env, check=True, capture_output=True
    )
    assert "dedupe" in (tmp_path / ".bashrc").read_text(encoding="utf-8")
    asked = {"_DEDUPE_COMPLETE": "complete_bash", "COMP_WORDS": "dedupe ma", "COMP_CWORD": "1"}
    done = subprocess.run([SCRIPT], env={**env, **asked}, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.split() == ["matrix"]


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, dedupe.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert not set(done.stdout.split()) & {"numpy", "pyarrow", "numba", "scipy", "sklearn", "duckdb", "click"}


def test_every_command_is_in_the_help() -> None:
    shown = dedupe_here("--help").out
    names = [command.name for command in dedupe.cli.app.registered_commands]
    names += [group.name for group in dedupe.cli.app.registered_groups]
    assert len(names) >= 12
    assert all(f" {name} " in shown for name in names)
