"""Bytes to text: what a file holds, whatever its format."""
