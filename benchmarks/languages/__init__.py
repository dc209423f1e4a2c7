"""How the model does in languages other than English. See benchmarks/README.md."""
