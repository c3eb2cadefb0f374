#!/usr/bin/env bash
# Speed beside the peers, as ratios in one run: benches/compare.sh [--check] [FIGURE]…
#
# The figures: starts list deletes limits files server runs streams bulk processes table scan record export. Without one
# all are measured, in about half an hour on a quiet machine; --check fails where one misses its limit. Builds asst as it
# is released, and puts the peers, in the versions below, into target/peers; what else is missing is named.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1-}" in -h | --help)
  sed -n '2,6p' "$0" | cut -c3-
  exit
  ;;
esac

node_peers=(openai@6.49.0 fastify@5.12.8 better-sqlite3@12.11.1)
python_peers=(openai==3.52.0)
target=${CARGO_TARGET_DIR:-target}
peers=$target/peers

missing=0
need() {
  command -v "$1" >/dev/null || { echo "missing: $1 ($2)" >&2; missing=1; }
}
need cargo "https://rustup.rs"
need curl "apt-get install curl"
need python3 "apt-get install python3 python3-venv"
need node "apt-get install nodejs, version 20 or newer"
need npm "apt-get install npm"
need wrk "apt-get install wrk"
need h2load "apt-get install nghttp2-client"
[ "$missing" = 0 ] || exit 2

mkdir -p "$peers"
if [ "$(cat "$peers/node.list" 2>/dev/null)" != "${node_peers[*]}" ]; then
  echo "installing ${node_peers[*]} into $peers" >&2
  npm install --silent --no-audit --no-fund --no-save --prefix "$peers" "${node_peers[@]}" >&2
  echo "${node_peers[*]}" >"$peers/node.list"
fi
if [ "$(cat "$peers/python.list" 2>/dev/null)" != "${python_peers[*]}" ]; then
  echo "installing ${python_peers[*]} into $peers/venv" >&2
  python3 -m venv "$peers/venv"
  "$peers/venv/bin/pip" install --quiet --disable-pip-version-check "${python_peers[@]}" >&2
  echo "${python_peers[*]}" >"$peers/python.list"
fi
# Node looks for packages beside the script.
cp benches/peers/* "$peers/"

echo "building" >&2
cargo build --release --quiet
built() {
  cargo bench --no-run --quiet --bench "$1" --message-format json |
    python3 -c 'import json, sys; print([path for line in sys.stdin if (path := json.loads(line).get("executable"))][-1])'
}
backend=$(built backend)
starts=$(built figures)

export PYTHONDONTWRITEBYTECODE=1
exec python3 benches/compare --asst "$(realpath "$target/release/asst")" --backend "$backend" --starts "$starts" \
  --peers "$(realpath "$peers")" --folder "$(realpath "$target")" "$@"
