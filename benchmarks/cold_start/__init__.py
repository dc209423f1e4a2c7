"""How soon a function is ready on Lambda, and what its requests cost."""
