const VERSION =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\d+)?)?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d+)?)?(?:[-_.]?(dev)[-_.]?(\d+)?)?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i
const PRE: Readonly<Record<string, number>> = {
  a: 0,
  alpha: 0,
  b: 1,
  beta: 1,
  c: 2,
  rc: 2,
  pre: 2,
  preview: 2,
}
const LOWEST = -1
const HIGHEST = Number.MAX_SAFE_INTEGER

interface Parsed {
  release: number[]
  /** What is compared after the release, most important first. */
  rest: number[]
  local: string[] | null
}

/** Versions after PEP 440, with its order of development, pre-, post- and local releases. */
function parse(version: string): Parsed | null {
  const found = VERSION.exec(version)
  if (found === null) return null
  const [, epoch, release = '', pre, preNumber, postShort, post, postNumber, dev, devNumber, local] = found
  const isPost = post !== undefined || postShort !== undefined
  const isDev = dev !== undefined
  const phase = pre === undefined ? (isDev && !isPost ? LOWEST : HIGHEST) : (PRE[pre.toLowerCase()] ?? 2)
  return {
    release: [Number(epoch ?? 0), ...release.split('.').map(Number)],
    rest: [
      phase,
      Number(preNumber ?? 0),
      isPost ? Number(postShort ?? postNumber ?? 0) : LOWEST,
      isDev ? Number(devNumber ?? 0) : HIGHEST,
    ],
    local: local === undefined ? null : local.toLowerCase().split(/[-_.]/),
  }
}

const compareNumbers = (one: readonly number[], two: readonly number[]): number => {
  for (let at = 0; at < Math.max(one.length, two.length); at++) {
    const order = (one[at] ?? 0) - (two[at] ?? 0)
    if (order !== 0) return Math.sign(order)
  }
  return 0
}

function compareLocal(one: readonly string[] | null, two: readonly string[] | null): number {
  if (one === null || two === null) return one === two ? 0 : one === null ? -1 : 1
  for (let at = 0; at < Math.max(one.length, two.length); at++) {
    const [a, b] = [one[at], two[at]]
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1
    if (a === b) continue
    const [first, second] = [/^\d+$/.test(a), /^\d+$/.test(b)]
    if (first && second) {
      const order = Math.sign(Number(a) - Number(b))
      if (order !== 0) return order
    } else if (first !== second) return first ? 1 : -1
    else return a < b ? -1 : 1
  }
  return 0
}

/** The order of PEP 440 (https://peps.python.org/pep-0440/). Null where one of them is no version. */
export function comparePython(a: string, b: string): number | null {
  const [one, two] = [parse(a), parse(b)]
  if (one === null || two === null) return null
  return (
    compareNumbers(one.release, two.release) ||
    compareNumbers(one.rest, two.rest) ||
    compareLocal(one.local, two.local)
  )
}
