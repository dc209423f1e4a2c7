"""What `make` and the shell call, one file a command."""
