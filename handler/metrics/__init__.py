"""Metrics for Prometheus, which the local server has at /metrics. On Lambda, CloudWatch has them.

Counts nothing that a client can choose freely: the number of series is bounded.
"""
