"""Any texts that documents can hold, as strategies of hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

# Any text without lone surrogates, as documents are.
LINES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)
WORDS = st.sampled_from(
    [
        "word",
        "a",
        "  ",
        "\n\n",
        "\n# Heading\n",
        ". ",
        "unübersetzbar",
        "日本語",
        "👩\u200d👧",
        "x" * 120,
        "```\n",
    ]
)
TEXTS = st.lists(LINES | WORDS, max_size=60).map("".join)
