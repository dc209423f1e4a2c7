"""Searches over what was ingested, in the shape of OpenAI's vector stores."""
