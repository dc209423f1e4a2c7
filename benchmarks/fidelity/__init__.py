"""How near our vectors are to those of sentence-transformers."""
