"""Benchmarks, one package each; README.md lists them. Not tests."""
