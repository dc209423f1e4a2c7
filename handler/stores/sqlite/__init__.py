"""Vectors, their ledger and the catalog in one SQLite file."""
