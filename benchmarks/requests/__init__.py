"""What a request costs beside its encoding."""
