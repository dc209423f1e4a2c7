"""Hypothesis strategies that several test modules draw from."""

from __future__ import annotations

from hypothesis import strategies as st

# Any code point at all. Lone surrogates and NUL are so rare among them that they need a push.
ANY_CHARACTER = st.characters(exclude_categories=()) | st.sampled_from("\ud83d\udc00\x00")
