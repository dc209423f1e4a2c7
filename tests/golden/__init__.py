"""The reference vectors, and the command that makes them."""
