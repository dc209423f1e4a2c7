"""What only `make serve` needs: a server that strangers cannot take down.

uvicorn speaks HTTP. This package adds what a reverse proxy would: limits of time and number for
connections, answers that reach clients which are still sending, a shutdown that ends, and logs that
do not grow without limit. Lambda has none of this, so `handler.api` imports none of it.
"""
