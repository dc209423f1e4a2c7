"""How long a search of a large file takes."""
