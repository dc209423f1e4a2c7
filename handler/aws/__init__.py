"""Calls to AWS, under one policy for retries and deadlines."""
