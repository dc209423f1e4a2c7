"""An embeddings request, answered: parse, encode, render. Knows no HTTP."""
