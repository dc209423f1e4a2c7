"""Unmodified clients that people use, against a server process on a port.

Each client has a file. Tests compare its vectors with the encoder's for the text that it sends.
"""
