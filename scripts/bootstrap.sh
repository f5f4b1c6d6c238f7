#!/usr/bin/env bash
# Makes node_modules match package-lock.json. Returns at once when it already does.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=node_modules/.cache/culvert/package-lock.json
cmp -s package-lock.json "$stamp" && exit 0

command -v npm >/dev/null || {
  echo "Culvert needs npm (9 or newer, with any Node from 18 on) to install what it uses; there is none on PATH." >&2
  exit 1
}

# A developer who has just run `npm install` has everything: `npm ci` would only take it away and bring it back.
if ! node scripts/installed.mjs; then
  echo "Installing packages into node_modules (once, about a minute) …"
  started=$SECONDS
  (
    trap '' INT
    while sleep 10; do echo "  … $((SECONDS - started)) s"; done
  ) &
  ticker=$!
  trap 'kill "$ticker" 2>/dev/null || true' EXIT
  npm ci --loglevel=error --no-progress
  echo "  done in $((SECONDS - started)) s"
fi

export PATH="$PWD/node_modules/.bin:$PATH"
major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$major" -lt 24 ]; then
  echo "Culvert needs Node 24. There is no packaged one for $(uname -sm), and the node on PATH is $(node --version):" >&2
  echo "install Node 24 or newer and run the command again." >&2
  exit 1
fi

mkdir -p "$(dirname "$stamp")"
cp package-lock.json "$stamp"
