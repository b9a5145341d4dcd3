from __future__ import annotations

from pathlib import Path

import pytest
from credit_scoring import known

from dedupe.errors import FactsError
from dedupe.provenance import catalogue
from dedupe.provenance.credits import finder
from dedupe.provenance.sightings import plain

GOOD = """
[harbour_wire]
name = "Harbour Wire"
kind = "agency_private"
country = "XK"
domains = ["harbourwire.example"]
aliases = ["Harbour Wire"]
[harbour_wire.ambiguous]
"HW" = { needs = "descriptor", why = "initials" }
"""


def test_holds_the_known_world() -> None:
    sources = known().sources
    assert len(sources) >= 475
    assert list(sources) == sorted(sources)
    assert sources["sapa"].ended == 2015
    assert all(source.aliases or source.domains for source in sources.values())
    assert {"reuters", "antara", "kcna", "generic:state-media"} <= set(sources)


def test_names_domains_and_selves() -> None:
    book = known()
    assert book.name("kyodo") == "Kyodo News"
    assert book.name("open:example.com") == "example.com"
    assert book.by_domain("www.reuters.com") == "reuters"
    assert book.by_domain("com") is None
    for outlet in ("kompas", "Kompas.com", "kompas.com", "https://www.kompas.com/", "KOMPAS"):
        assert book.is_self("kompas", outlet), outlet
    assert not book.is_self("reuters", "Kompas.com")
    assert not book.is_self("reuters", "")
    assert not book.is_self("tribunnews", "IDNtribune.com")


@pytest.mark.parametrize("source", sorted(known().sources))
def test_every_name_finds_its_source(source: str) -> None:
    """Each spelling of a name, alone on its line, is seen as it or one that shares it, given a context."""
    one = known().sources[source]
    if one.kind in catalogue.NOT_MEDIA:
        return
    sharing: dict[str, set[str]] = {}
    for other in known().sources.values():
        for alias in other.aliases:
            sharing.setdefault(plain(alias.text).casefold(), set()).add(other.id)
    for alias in one.aliases:
        name = plain(alias.text)
        seen = [
            s
            for s in finder(known()).find("\n".join(("", name, *one.context[:1])), None)
            if s.source and not s.source.startswith("open:")
        ]
        assert seen, name
        covered = [s for s in seen if s.start <= 1 and s.stop >= 1 + len(name)]
        assert any(s.source in sharing[name.casefold()] for s in covered or seen), (name, seen)


def test_own_facts_add_and_override(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "phrases").mkdir()
    (tmp_path / "sources" / "mine.toml").write_text(
        GOOD + '[antara]\nname = "Mine"\nkind = "online"\naliases = ["Mine"]\n'
    )
    (tmp_path / "phrases" / "id.toml").write_text('[words]\nattribution = ["kata kabar"]\n')
    book = catalogue.load(tmp_path)
    assert book.sources["harbour_wire"].aliases[1].needs == "descriptor"
    assert book.name("antara") == "Mine"
    assert len(book.sources) == len(known().sources) + 1
    assert "kata kabar" in book.phrases["id"]["words"]["attribution"]
    assert "menurut" in book.phrases["id"]["words"]["attribution"]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[a]\nname = 'A'\nkind = 'agency'\naliases = ['A']\n", 3, "unknown"),
        ("[a]\nkind = 'online'\naliases = ['A']\n", 1, "no name"),
        ("[a]\nname = 'A'\nkind = 'online'\n", 1, "no aliases"),
        ("[a]\nname = 'A'\nkind = 'online'\naliases = 'A'\n", 4, "give a list"),
        ("[a]\nname = 'A'\nkind = 'online'\naliases = ['A']\ncolour = 'red'\n", 5, "unknown field"),
        ("[a]\nname = 'A'\nkind = 'online'\ndomains = ['http://a.com']\n", 4, "no bare domain"),
        ("[a]\nname = 'A'\nkind = 'online'\n[a.ambiguous]\nB = 'word'\n", 5, "needs is one of"),
        ("[a]\nname = \n", 2, "not TOML"),
        ("name = 'A'\n", 1, "outside a table"),
    ],
)
def test_faults_have_line_numbers(tmp_path: Path, text: str, line: int, what: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    faults = catalogue.check(path)
    assert any(fault.startswith(f"{path}:{line}: ") and what in fault for fault in faults), faults


def test_faults_of_phrases(tmp_path: Path) -> None:
    (tmp_path / "phrases").mkdir()
    path = tmp_path / "phrases" / "xx.toml"
    path.write_text(
        '[flags]\nbackwards = true\n[words]\nverbs = ["x"]\n[[form]]\nname = "f"\nform = "{nothing}("\n'
    )
    faults = catalogue.check(tmp_path)
    assert [fault.split(":")[1] for fault in faults] == ["2", "4", "6"]


def test_shipped_facts_are_sound() -> None:
    assert catalogue.check(Path(catalogue.__file__).parents[1] / "facts") == []


def test_a_broken_folder_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "mine.toml").write_text("[a]\nkind = 'x'\n")
    with pytest.raises(FactsError, match=r"mine\.toml:2"):
        catalogue.load(tmp_path)
    with pytest.raises(FactsError, match="no folder"):
        catalogue.load(tmp_path / "absent")


def test_find_sources() -> None:
    book = known()
    assert [s.id for s in catalogue.find_sources(book, "kyodo")] == ["kyodo"]
    assert [s.id for s in catalogue.find_sources(book, "CNA")] == ["cna_sg", "cna_tw"]
    assert "reuters" in [s.id for s in catalogue.find_sources(book, "路透社")]
    assert catalogue.find_sources(book, "no such medium") == []
