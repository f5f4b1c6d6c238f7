#!/bin/sh
# Starts the bundle with the flags for node that were found good for it.
flags=
if [ -f /app/node-options ]; then flags=$(cat /app/node-options); fi
# shellcheck disable=SC2086 # several flags in one word
exec node $flags /app/main.mjs "$@"
