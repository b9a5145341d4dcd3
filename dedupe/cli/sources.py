"""``dedupe sources``: the catalogue of agencies and media, and the check of a user's own files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedupe.cli.console import data, notes
from dedupe.cli.options import Facts
from dedupe.errors import USAGE, FactsError

if TYPE_CHECKING:
    from dedupe.provenance.catalogue import Catalogue, Source

MEANING = {
    "cue": "counts beside a credit phrase",
    "report": "counts only beside a phrase that media alone get, or in a dateline",
    "descriptor": "counts only beside a word such as “news agency”, or in a dateline",
}


def command(
    name: Annotated[
        str | None, typer.Argument(help="An id, name, alias or domain; or the word [bold]check[/].")
    ] = None,
    path: Annotated[Path | None, typer.Argument(help="With [bold]check[/]: a facts file or folder.")] = None,
    facts: Facts = None,
) -> None:
    """List the sources that a text can credit, explain one, or check a facts file of your own.

    Examples:

      dedupe sources

      dedupe sources kyodo

      dedupe sources check my-facts/
    """
    from dedupe.provenance import catalogue

    if name == "check":
        _check(path)
        return
    if path is not None:
        raise FactsError(
            f"{str(path)!r} is one argument too many", where="sources", mend="quote a name of two words"
        )
    known = catalogue.load(facts)
    if name is None:
        for source in known.sources.values():
            _print(f"{source.id:<22} {source.kind:<18} {source.country or '--':<3} {source.name}")
        notes().print(f"{len(known.sources)} sources; dedupe sources NAME explains one", markup=False)
        return
    found = catalogue.find_sources(known, name)
    if not found:
        raise FactsError(
            f"no source matches {name!r}",
            where="sources",
            mend="dedupe sources lists all; --facts adds your own",
        )
    for number, source in enumerate(found):
        if number:
            _print("")
        _explain(known, source)


def _check(path: Path | None) -> None:
    from dedupe.provenance import catalogue

    if path is None:
        raise FactsError(
            "needs a file or folder", where="sources check", mend="for example dedupe sources check my-facts/"
        )
    faults = catalogue.check(path)
    for fault in faults:
        _print(fault)
    if faults:
        notes().print(f"{len(faults)} faults", markup=False)
        raise typer.Exit(USAGE)
    notes().print(f"{path}: sound", markup=False, soft_wrap=True)


def _explain(known: Catalogue, source: Source) -> None:
    _print(f"{source.id}: {source.name}")
    _print(f"  kind       {source.kind}{', ' + source.country if source.country else ''}")
    if source.languages:
        _print(f"  languages  {', '.join(source.languages)}")
    if source.domains:
        _print(f"  domains    {', '.join(source.domains)}")
    if source.ended:
        _print(f"  ended      {source.ended}; a later byline is from an archive")
    if source.group:
        _print(f"  group      {source.group}")
    if source.feeds:
        _print(f"  reprints   {', '.join(known.name(feed) for feed in source.feeds)}")
    plain = [alias.text for alias in source.aliases if not alias.needs]
    if plain:
        _print(f"  names      {', '.join(plain)}")
    for alias in source.aliases:
        if alias.needs:
            _print(
                f"  ambiguous  {alias.text}: {MEANING[alias.needs]}{'; ' + alias.why if alias.why else ''}"
            )
    if source.confused:
        _print(f"  not it     {', '.join(source.confused)}")


def _print(text: str) -> None:
    from dedupe.reports.terminal import safe

    data().print(safe(text), markup=False, highlight=False, soft_wrap=True)
