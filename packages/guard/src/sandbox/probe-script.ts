/** What the attempts need to know, passed in the environment. */
export interface ProbeTargets {
  /** Folders outside of the workspace to write to, by blanks. */
  OUTSIDE: string
  /** Name of the file to write there. */
  MARK: string
  SECRET_FILE: string
  PORT: string
  HOST_PID: string
  /** Not empty where there is no repository: what commands get as `.git` then is theirs. */
  PENDING: string
  /** A Node executable, for attempts where perl is missing. */
  NODE: string
}

/**
 * Escape attempts for one bash. Each prints `name<TAB>escaped|held<TAB>detail` as it appears from inside; whether files
 * were written or connections made is judged on the host. Nothing here is destructive where it succeeds.
 */
export const probeScript = `exec 2>/dev/null
say() { printf '%s\\t%s\\t%s\\n' "$1" "$2" "$3"; }
refused() { name=$1; shift; if "$@"; then echo; say "$name" escaped "$*"; else say "$name" held ''; fi; }

for folder in $OUTSIDE; do : > "$folder/$MARK"; done
if [ -z "$PENDING" ]; then
  : > .git/hooks/$MARK
  printf '[%s]' "$MARK" >> .git/config
fi
if mv .git ".$MARK" && mv ".$MARK" .git; then say git-renamed escaped 'mv .git'; else say git-renamed held ''; fi
(exec 7<>"/dev/tcp/127.0.0.1/$PORT")
if [ -n "$HTTP_PROXY" ]; then
  (exec 7<>"/dev/tcp/127.0.0.1/\${HTTP_PROXY##*:}" && printf 'CONNECT 127.0.0.1:%s HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' "$PORT" >&7 && read -r -t 5 line <&7 && printf '\\nproxy %s\\n' "$line")
fi
refused read-secret cat "$SECRET_FILE"
refused kill-host kill -0 "$HOST_PID"
refused kernel-settings test -w /proc/sys/kernel/core_pattern
refused namespaces sh -c 'unshare -Ur true || unshare -m true'
refused device sh -c 'mknod "/tmp/$MARK" c 1 3 && rm -f "/tmp/$MARK"'
if command -v perl > /dev/null; then open=$(perl -e 'socket(my $s, 1, 1, 0) and print 1')
else open=$("$NODE" -e 'require("net").createServer().on("error", () => {}).listen("/tmp/" + process.env.MARK, () => process.exit(console.log(1)))'); fi
if [ -n "$open" ]; then say unix-socket escaped 'socket(AF_UNIX)'; else say unix-socket held ''; fi
while read -r key value _; do case $key in
  CapEff:|CapPrm:|CapBnd:) [ "$value" = 0000000000000000 ] || privileges="$privileges $key $value" ;;
  NoNewPrivs:) [ "$value" = 1 ] || privileges="$privileges $key $value" ;;
  Seccomp:) if [ "$value" = 2 ]; then say syscall-filter held ''; else say syscall-filter escaped 'no seccomp filter'; fi ;;
esac done < /proc/self/status
if [ -z "$privileges" ]; then say privileges held ''; else say privileges escaped "$privileges"; fi
printf 'environ\\t'
{ cat /proc/[0-9]*/environ; env -0; } | tr '\\0\\n\\t' '   '
printf '\\nend\\n'
`
