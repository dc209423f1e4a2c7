#!/bin/sh
# The image's entrypoint: `IMAGE serve`, and the other commands of `minilm`. What Lambda passes is a
# handler's name, which has a dot, as no command has: that goes to the base image's own entrypoint,
# in this shell, since each cold start would wait for another one.
case "$1" in
*.*) . /lambda-entrypoint.sh ;;
esac
# -P: the current folder, which may be the user's, is not on the import path.
export PYTHONPATH="$LAMBDA_TASK_ROOT"
# First, because root may write where the user may not.
if [ "$(id -u)" = 0 ]; then
  exec python3 -P -m handler.container.unprivileged "$0" "$@"
fi
# On localhost, nothing outside of the container could reach the server.
export HOST="${HOST:-0.0.0.0}"
# Messages then name `minilm`, and the store is in /data.
export MINILM_CALLED_BY=container
# Docker's for root, and for a user whom the image does not know. Neither may be written, and what
# `backfill` notes there should outlive the container.
case "${HOME:-/}" in
/ | /root) export HOME=/data ;;
esac
if [ "$1" = serve ] && [ -z "${VECTOR_STORE+set}" ] && ! [ -w /data ]; then
  case " $* " in
  *" --store"*) ;;
  *)
    echo "There is no vector store: /data cannot be written. Mount a volume there, or set VECTOR_STORE." >&2
    export VECTOR_STORE= # none
    ;;
  esac
fi
exec python3 -P -m handler.commands "$@"
