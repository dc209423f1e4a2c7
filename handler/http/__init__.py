"""HTTP in, HTTP out: the application, its routes, and what stands around them."""
