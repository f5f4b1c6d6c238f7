#!/usr/bin/env bash
# Installs what is missing, then runs a TypeScript file with the project's Node and tools first on PATH.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/scripts/bootstrap.sh"
export PATH="$root/node_modules/.bin:$PATH"
exec node "$@"
