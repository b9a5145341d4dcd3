"""The documentation is true: commands and options exist, links lead somewhere, outputs are real."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer
from command import Result

from dedupe.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "reports" / "README.md",
        ROOT / "seeds" / "README.md",
    ]
)
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(dedupe [^`]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
SHELL = re.compile(r"\s(?:\||>|&&|#)\s?")
COMMAND = typer.main.get_command(app)


def commands(text: str) -> Iterator[str]:
    """Yield every ``dedupe …`` that a page tells its reader to type, without what follows in the shell."""
    for kind, block in FENCE.findall(text):
        if kind in ("sh", "bash", "console"):
            for line in block.splitlines():
                for part in line.split("&&"):
                    words = part.strip().removeprefix("$ ")
                    if words.startswith("dedupe "):
                        yield SHELL.split(words)[0]
    for words in INLINE.findall(FENCE.sub("", text)):
        yield SHELL.split(" ".join(words.split()))[0]


ASKED = [
    (name, words)
    for name, page in zip(NAMES, PAGES, strict=True)
    for words in commands(page.read_text("utf-8"))
]


@pytest.mark.parametrize(("page", "words"), ASKED, ids=lambda value: value)
def test_every_command_in_the_documentation_exists(page: str, words: str) -> None:
    tokens = shlex.split(words.replace("[", " ").replace("]", " "))[1:]
    command: Any = COMMAND
    known = {option for parameter in command.params for option in parameter.opts}
    while tokens and getattr(command, "commands", None):
        if tokens[0].startswith("-") or tokens[0] in ("COMMAND", "…"):
            break
        default = "labels" if command.name == "tune" else None  # dedupe tune LABELS
        name = tokens.pop(0) if tokens[0] in command.commands or default is None else default
        assert name in command.commands, f"{page}: {words}"
        command = command.commands[name]
        known = {option for parameter in command.params for option in parameter.opts}
    known |= {"-h", "--help", "--install-completion", "--show-completion"}
    for token in tokens:
        if token.startswith("-"):
            assert token.partition("=")[0] in known, f"{page}: {words}"


def test_every_command_is_documented() -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES if page.parent.name == "docs")
    for name, command in COMMAND.commands.items():  # type: ignore[attr-defined]
        assert f"dedupe {name}" in text, name
        for inner in getattr(command, "commands", {}):
            assert inner in text, inner


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    for target in ("".join(found) for found in LINK.findall(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", goal.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}, (
                target
            )


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name}" in index, page.name


def _outputs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_outputs", ROOT / "docs" / "outputs.py")
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


WITH_OUTPUT = [page for page in PAGES if "```console" in page.read_text("utf-8")]


@pytest.mark.parametrize("page", WITH_OUTPUT, ids=lambda page: page.name)
def test_outputs_are_what_the_commands_print(page: Path, seeds_place: tuple[Path, Result]) -> None:
    text = page.read_text("utf-8")
    assert _outputs().refreshed(text, seeds_place[0]) == text, "look at it, then: nox -s seeds"


def test_a_stale_output_would_be_noticed(tmp_path: Path) -> None:
    outputs = _outputs()
    text = "Text.\n\n```console\n$ echo one\ntwo\n$ echo three | tr e E\n```\n\n```sh\n$ echo no\n```\n"
    assert outputs.refreshed(text, tmp_path) == text.replace("two\n", "one\n").replace(
        "tr e E\n", "tr e E\nthrEE\n"
    )
    with pytest.raises(SystemExit, match="exit code 3"):
        outputs.refreshed("```console\n$ exit 3\n```\n", tmp_path)


MODULES = sorted((ROOT / "dedupe").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_has_a_docstring(path: Path) -> None:
    source = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(source))


def test_every_setting_is_explained() -> None:
    tree = ast.parse((ROOT / "dedupe" / "settings.py").read_text("utf-8"))
    bare = []
    for section in (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name != "Settings"):
        for field, after in zip(section.body, [*section.body[1:], None], strict=True):
            if isinstance(field, ast.AnnAssign):
                told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                if not told:
                    bare.append(f"{section.name}.{ast.unparse(field.target)}")
    assert bare == []


def test_the_readme_names_the_extras_that_exist() -> None:
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    used = {name for found in re.findall(r"(?:\.|wiretrace)\[([\w,]+)\]", text) for name in found.split(",")}
    assert used <= set(extras)
    assert {"semantic", "all", "test"} <= used
