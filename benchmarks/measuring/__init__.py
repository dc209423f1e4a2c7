"""What the benchmarks share: texts, processes, prices, tables, plots and results."""
