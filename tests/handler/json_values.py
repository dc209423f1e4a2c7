"""Any JSON value, for the properties of whatever reads a request."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.strategies import ANY_CHARACTER

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(ANY_CHARACTER, max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=20,
)
