"""Answer an embeddings request: parse, encode, render. Knows no HTTP."""
