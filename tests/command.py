"""The command line in tests: in this process (quick) or as a user starts it, and small inputs."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import dedupe.cli

STORY = (
    "The harbour of Port Ellery will close for eleven weeks while divers raise the ferry that sank there in "
    "March, the town council decided on Monday. Fishing boats may leave before dawn and return after dusk."
)
OTHER = "A new tram line between the old mill and the botanical garden opened on Sunday, two years late."
QUICK = ("--channels", "shingles", "--workers", "1")


class Result(NamedTuple):
    """What a command left: its exit code, and its output and notes as text."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one sentence of a command that failed."""
        lines = [line for line in self.err.splitlines() if not line.endswith(" …")]
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        assert self.out == ""
        return lines[0]


def dedupe_here(*arguments: object) -> Result:
    """Run ``dedupe`` in this process, through its own ``main``."""
    out, err = io.StringIO(), io.StringIO()
    code: Any = 0
    with (
        mock.patch.object(sys, "argv", ["dedupe", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            dedupe.cli.main()
        except SystemExit as stop:
            code = stop.code
    return Result(code, out.getvalue(), err.getvalue())


def dedupe_there(*arguments: object, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Result:
    """Run ``python -m dedupe`` in a process of its own."""
    command = [sys.executable, "-m", "dedupe", *map(str, arguments)]
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **(env or {})},
        cwd=cwd,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def records() -> list[dict[str, str]]:
    """Return a dispatch, two articles that carry it (one credits it), and one on its own."""
    return [
        {"id": "wire-1", "outlet": "alfawire", "kind": "wire", "source_id": "reuters", "text": STORY},
        {"id": "b-1", "outlet": "dusk.example", "text": f"{STORY}\n{OTHER}"},
        {"id": "a-1", "outlet": "dawn.example", "text": f"PORT ELLERY (Reuters) - {STORY}"},
        {"id": "c-1", "outlet": "noon.example", "text": OTHER},
    ]


def write_lines(path: Path, rows: Iterable[Any]) -> Path:
    """Write JSON Lines; a string is written as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
