"""The clients people use, unmodified, against a real server process on a real port.

One file a client. Vectors are compared with the encoder's, for the text as the client sends it.
"""
