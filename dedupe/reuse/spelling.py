"""The fallback without a model: sentences across languages compared by spelling.

Names, numbers and loan words look alike once they are in Latin letters (anyascii), so
character 3- and 4-grams with TF-IDF weights find four partners in five among 3,000 news
lines, Indonesian and English. It finds less in languages that share fewer words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from anyascii import anyascii

from dedupe.reuse.embedding import clean_sentence

NAME = "spelling (character 3- and 4-grams of the transliteration)"
_BUCKETS = 1 << 18


def spelling_vectors(texts: Sequence[str]) -> Any:
    """Return one sparse unit row per text: scipy CSR, float32, shape (len(texts), 262144).

    Weights are sublinear counts times the inverse document frequency in these texts.
    """
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    counts = HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(3, 4),
        n_features=_BUCKETS,
        alternate_sign=False,
        norm=None,
        dtype=np.float32,
    ).transform([anyascii(clean_sentence(text)).lower() for text in texts])
    if not counts.shape[0]:
        return counts
    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    weighted.sort_indices()
    return weighted
