"""Processes that see a CPU with AVX2 and nothing newer, as Lambda's x86 CPUs, at full speed."""
