"""What only the image runs: a step of its build, its entrypoint's, and its health check."""
