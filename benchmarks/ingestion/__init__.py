"""Documents to vectors: speed, stages, memory and cost."""
