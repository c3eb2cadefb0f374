#!/usr/bin/env bash
# Compares the speed of asst with other programs (the peers): benches/compare.sh [--check] [FIGURE]…
# FIGURE: starts list deletes limits files server runs streams bulk processes table scan record export. By default, all
# figures are measured, in about half an hour on an idle machine. --check fails if a figure misses its limit.
# Builds the release binary of asst and installs the peers, in the versions below, into target/peers. Lists the other
# programs that must be installed and are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1-}" in -h | --help)
  sed -n '2,6p' "$0" | cut -c3-
  exit
  ;;
esac

node_peers=(openai@6.49.0 fastify@5.12.8 better-sqlite3@12.11.1)
python_peers=(openai==3.52.0)
# Only the dependencies that myla needs to serve its mock model. One of its other dependencies is a gigabyte of models.
myla=myla==0.2.40
myla_needs=(aiofiles==25.1.0 aiohttp==3.14.5 Authlib==1.9.9 fastapi==0.165.0 httpx==0.28.1 itsdangerous==2.2.0 jinja2==3.1.6
  pandas==3.1.1 python-dotenv==1.2.4 python-multipart==0.0.34 sqlmodel==0.0.50 uvicorn==0.54.0)
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
if [ "$(cat "$peers/myla.list" 2>/dev/null)" != "$myla ${myla_needs[*]}" ]; then
  echo "installing $myla into $peers/myla" >&2
  python3 -m venv "$peers/myla"
  "$peers/myla/bin/pip" install --quiet --disable-pip-version-check "${myla_needs[@]}" >&2
  "$peers/myla/bin/pip" install --quiet --disable-pip-version-check --no-deps "$myla" >&2
  echo "$myla ${myla_needs[*]}" >"$peers/myla.list"
fi
# Node searches for packages next to the script, so the scripts are copied to the packages.
cp benches/peers/* "$peers/"

echo "building" >&2
cargo build --release --quiet
# built NAME: builds a bench and prints the path of its executable. Cargo reports the executables of other targets too,
# in any order.
built() {
  cargo bench --no-run --quiet --bench "$1" --message-format json | python3 benches/executable.py "$1"
}
backend=$(built backend)
starts=$(built figures)

export PYTHONDONTWRITEBYTECODE=1
exec python3 benches/compare --asst "$(realpath "$target/release/asst")" --backend "$backend" --starts "$starts" \
  --peers "$(realpath "$peers")" --folder "$(realpath "$target")" "$@"
