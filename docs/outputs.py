"""Put the real output under every command in the console blocks of docs: ``python docs/outputs.py``.

    ```console
    $ dedupe matrix reports/seeds --csv | head -3
    outlet,source,via,class,words,share,passages,documents
    …
    ```

Commands run in the project's folder, so ``dedupe run seeds/`` comes first. What they print on
stderr is left out. With ``--check`` nothing is written; the exit code is 1 if a file would change.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def commands(block: str) -> list[str]:
    """Return the commands of a console block: its lines that begin with ``$``."""
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def output(command: str, folder: Path) -> str:
    """Return what a command prints on stdout, run by bash in ``folder``, without spaces at line ends."""
    here = f'dedupe() {{ "{sys.executable}" -m dedupe "$@"; }}; python() {{ "{sys.executable}" "$@"; }}'
    plain = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONUTF8": "1"}
    done = subprocess.run(
        ["bash", "-c", f"{here}; {command}"],
        cwd=folder,
        env=plain,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command}: exit code {done.returncode}\n{done.stderr}")
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def refreshed(text: str, folder: Path) -> str:
    """Return a Markdown text with the output that its commands print in ``folder`` now."""

    def replace(found: re.Match[str]) -> str:
        return "".join(f"$ {command}\n{output(command, folder)}" for command in commands(found.group()))

    return BLOCK.sub(replace, text)


def main(arguments: list[str]) -> int:
    """Refresh the files, or with ``--check`` name those that are stale."""
    stale = []
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        new = refreshed(text, DOCS.parent)
        if new != text:
            stale.append(path.name)
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    print(f"{'stale' if '--check' in arguments else 'written'}: {', '.join(stale) or 'none'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
