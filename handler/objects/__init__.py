"""What OpenAI's objects share: their lists, their metadata, and the storage they are kept in."""
