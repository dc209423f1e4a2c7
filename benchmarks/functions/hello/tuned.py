"""The empty function with all that makes our own imports cheaper: see handler/cold_start.py."""

from __future__ import annotations

from handler import cold_start

# isort: split
from importlib import import_module

lambda_handler = import_module("app").lambda_handler
cold_start.finish()
