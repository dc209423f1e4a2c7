"""Ours beside the libraries and servers that a user would otherwise pick."""
