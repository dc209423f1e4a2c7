"""How the model does in other languages than English. See benchmarks/README.md."""
