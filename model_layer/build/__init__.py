"""Builds the bundle, once: fetch → graph and vocabulary → manifest → verify.

Nothing imports it at run time.
"""
