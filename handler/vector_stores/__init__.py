"""OpenAI's vector stores: their files, and searches in them."""
