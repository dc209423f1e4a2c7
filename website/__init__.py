"""The documentation as a site: its links, its pages, and the check of what was built."""
