"""`minilm`, one file a command. What several of them need is beside them."""
