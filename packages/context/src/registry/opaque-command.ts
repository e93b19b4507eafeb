const READERS =
  /^(?:ls|ll|cat|head|tail|grep|egrep|fgrep|rg|ag|find|fd|wc|stat|file|which|type|pwd|echo|printf|env|date|whoami|id|uname|df|du|tree|diff|cmp|sort|uniq|cut|nl|column|jq|yq|basename|dirname|realpath|readlink|test|\[|true|false|sleep|ps|md5sum|sha1sum|sha256sum|hexdump|xxd|less|more|man|cd|export|set|wait)$/
const GIT_READERS =
  /^(?:status|diff|log|show|branch|blame|ls-files|rev-parse|describe|remote|shortlog|grep|cat-file|config)$/

/** Whether a shell line may have changed files without saying so. In doubt it may: a false alarm costs one re-read. */
export function isOpaque(command: string): boolean {
  const line = command.replace(/2>&1|[12]?>\s*\/dev\/null/g, '')
  if (/[<>`]|\$\(|\btee\b/.test(line)) return true
  return line.split(/\|\||&&|[;|&\n]/).some((part) => {
    const words = part
      .trim()
      .split(/\s+/)
      .filter((word) => !/^\w+=/.test(word))
    const [name = '', first = ''] = words
    if (name === '') return false
    if (name === 'git') return !GIT_READERS.test(first)
    if (name === 'sed') return !first.startsWith('-n') || words.includes('-i')
    if (name === 'find' || name === 'fd') return /\s-(?:delete|exec|execdir|ok|fprint)/.test(part)
    if (name === 'sort') return words.includes('-o')
    return !READERS.test(name)
  })
}
