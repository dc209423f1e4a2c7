"""The work behind the API of a local server, in threads of its process."""
