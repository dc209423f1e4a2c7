"""What the model is and which languages it understands, for programs: `GET /v1/models`.

docs/model.md says the same for people. A test keeps the table equal to the last measurement,
benchmarks/results/languages.json. Not imported at a cold start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DESCRIPTION = (
    "Turns English sentences and short paragraphs into vectors of 384 numbers, for search,"
    " clustering and comparison. Reads the first 256 word pieces of a text. Queries and passages"
    " need no prefix."
)
LICENSE = "apache-2.0"
LANGUAGE = "en"  # that it was trained on

# search_by_words: with SEARCH_MODE=text, or a request's `text_weight` alone.
Advice = Literal["good", "search_by_words", "other_model"]


@dataclass(frozen=True)
class LanguageFacts:
    """How well texts in a language are understood."""

    right_passage_first: float  # of questions about 240 passages, the share, by meaning
    right_passage_first_by_words: float  # of the same, searched by words alone
    unknown_tokens: float  # the share of tokens that are [UNK]
    advice: Advice


# By ISO 639-1 code, in int8.
LANGUAGES: Mapping[str, LanguageFacts] = {
    "en": LanguageFacts(0.884, 0.9395, 0.0001, "good"),
    "es": LanguageFacts(0.4924, 0.921, 0.0001, "search_by_words"),
    "de": LanguageFacts(0.5714, 0.8916, 0.0001, "search_by_words"),
    "ro": LanguageFacts(0.463, 0.8681, 0.0001, "search_by_words"),
    "tr": LanguageFacts(0.2773, 0.8269, 0.0001, "search_by_words"),
    "vi": LanguageFacts(0.363, 0.8563, 0.0001, "search_by_words"),
    "ru": LanguageFacts(0.1118, 0.8076, 0.0, "search_by_words"),
    "el": LanguageFacts(0.0513, 0.8429, 0.0001, "search_by_words"),
    "ar": LanguageFacts(0.0084, 0.8168, 0.0002, "search_by_words"),
    "hi": LanguageFacts(0.0134, 0.9025, 0.0399, "search_by_words"),
    "zh": LanguageFacts(0.1387, 0.9294, 0.6072, "search_by_words"),
    "th": LanguageFacts(0.0672, 0.1521, 0.5295, "other_model"),
    "fr": LanguageFacts(0.3846, 0.6478, 0.0001, "search_by_words"),
    "it": LanguageFacts(0.4406, 0.8033, 0.0, "search_by_words"),
    "pt": LanguageFacts(0.302, 0.6974, 0.0001, "search_by_words"),
    "pl": LanguageFacts(0.3111, 0.8038, 0.0, "search_by_words"),
    "ja": LanguageFacts(0.3497, 0.9098, 0.259, "search_by_words"),
    "ko": LanguageFacts(0.0453, 0.9257, 0.0426, "search_by_words"),
}
