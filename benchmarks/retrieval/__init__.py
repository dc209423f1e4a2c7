"""Whether a search finds the document that a paraphrased query is about."""
