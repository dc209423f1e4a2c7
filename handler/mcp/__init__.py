"""The Model Context Protocol: searching and reading documents, as tools for assistants."""
