"""Measurements, side by side with the libraries a user would otherwise pick. Not tests."""
