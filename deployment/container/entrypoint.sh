#!/bin/sh
# The image's entrypoint: `IMAGE serve`, and the other commands of `minilm`. What Lambda passes is a
# handler's name, which has a dot, as no command has: that goes to the base image's own entrypoint,
# in this shell, since each cold start would wait for another one.
case "$1" in
*.*) . /lambda-entrypoint.sh ;;
esac
# On localhost, nothing outside of the container could reach the server.
export HOST="${HOST:-0.0.0.0}"
# Unless it is set; an empty value means no store.
export VECTOR_STORE="${VECTOR_STORE-sqlite:////data/documents.sqlite}"
# -P: the current folder, which may be the user's, is not on the import path.
export PYTHONPATH="$LAMBDA_TASK_ROOT"
exec python3 -P -m handler.commands "$@"
