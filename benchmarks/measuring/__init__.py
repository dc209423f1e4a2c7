"""What the benchmarks share: texts, processes, prices, tables and results."""
