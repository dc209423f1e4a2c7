"""How many short texts should share a run of the model."""
