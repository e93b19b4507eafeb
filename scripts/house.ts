/**
 * The house rules that documents alone never held: floors, import cycles (types included) and grain.
 * Run: node scripts/house.ts [root]. Exit code 1 and one line per violation.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const FLOORS: Record<string, number> = {
  journal: 0,
  models: 0,
  guard: 0,
  context: 1,
  terminal: 1,
  workspace: 1,
  solver: 1,
  checks: 2,
  agent: 3,
  review: 4,
  campaigns: 4,
  evals: 4,
  server: 5,
  cli: 6,
  web: 6,
  sdk: 6,
}

/** Files that may be above the limit, each with its reason. This list can only shrink. */
const LARGE: Record<string, string> = {}
const MAX_LINES = 500
const MAX_MEDIAN = 90
const MAX_P90 = 300

export interface HouseReport {
  violations: string[]
  files: number
  median: number
  p90: number
  largest: number
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g

function sourceFiles(dir: string): string[] {
  const out: string[] = []
  for (const name of readdirSync(dir)) {
    if (name === 'node_modules' || name === 'dist' || name === 'fixtures') continue
    const path = join(dir, name)
    if (statSync(path).isDirectory()) out.push(...sourceFiles(path))
    else if (/\.tsx?$/.test(name) && !name.endsWith('.d.ts')) out.push(path)
  }
  return out
}

const isTest = (file: string) => /\.(test|spec)\.tsx?$/.test(file) || file.includes('/testing/')

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1')
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function roomName(packageName: string): string {
  return packageName === 'cairn' ? 'cli' : packageName.replace(/^@cairn\//, '')
}

function findCycle(graph: Map<string, string[]>): string[] | null {
  const state = new Map<string, 'open' | 'done'>()
  const stack: string[] = []
  const visit = (node: string): string[] | null => {
    state.set(node, 'open')
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (state.get(next) === 'open') return [...stack.slice(stack.indexOf(next)), next]
      if (!state.has(next) && graph.has(next)) {
        const cycle = visit(next)
        if (cycle) return cycle
      }
    }
    stack.pop()
    state.set(node, 'done')
    return null
  }
  for (const node of graph.keys()) {
    if (state.has(node)) continue
    const cycle = visit(node)
    if (cycle) return cycle
  }
  return null
}

/** Reads all packages below `root` and reports what breaks the rules. */
export function inspectHouse(root: string): HouseReport {
  const violations: string[] = []
  const graph = new Map<string, string[]>()
  const lines: number[] = []
  const packages = join(root, 'packages')
  for (const room of readdirSync(packages)) {
    const floor = FLOORS[room]
    if (floor === undefined) {
      violations.push(`packages/${room}: a room that no floor lists; add it to FLOORS and ARCHITECTURE.md`)
      continue
    }
    for (const file of sourceFiles(join(packages, room))) {
      const name = relative(root, file)
      const targets: string[] = []
      for (const specifier of importsOf(file)) {
        const other = /^(@cairn\/[\w-]+|cairn)(\/|$)/.exec(specifier)?.[1]
        if (other !== undefined) {
          const target = roomName(other)
          const below = FLOORS[target]
          if (below === undefined) violations.push(`${name}: imports ${specifier}, which is no room`)
          else if (target !== room && below >= floor)
            violations.push(
              `${name}: ${room} (floor ${floor}) imports ${target} (floor ${below}); imports only go down`,
            )
          else if (target === 'web') violations.push(`${name}: imports web`)
        } else if (specifier.startsWith('.')) {
          const target = resolve(dirname(file), specifier)
          if (!target.startsWith(join(packages, room) + '/'))
            violations.push(`${name}: reaches ${specifier} outside its room; import the package instead`)
          targets.push(target)
        }
      }
      if (isTest(file)) continue
      graph.set(file, targets)
      const count = readFileSync(file, 'utf8').split('\n').length - 1
      lines.push(count)
      if (count > MAX_LINES && LARGE[name] === undefined)
        violations.push(`${name}: ${count} lines, the limit is ${MAX_LINES}`)
    }
  }
  const cycle = findCycle(graph)
  if (cycle) violations.push(`import cycle: ${cycle.map((file) => relative(root, file)).join(' → ')}`)
  lines.sort((a, b) => a - b)
  const at = (share: number) => lines[Math.min(lines.length - 1, Math.floor(lines.length * share))] ?? 0
  const report = {
    violations,
    files: lines.length,
    median: at(0.5),
    p90: at(0.9),
    largest: lines.at(-1) ?? 0,
  }
  if (report.median > MAX_MEDIAN)
    violations.push(`median source file has ${report.median} lines, the limit is ${MAX_MEDIAN}`)
  if (report.p90 > MAX_P90)
    violations.push(`p90 of source files is ${report.p90} lines, the limit is ${MAX_P90}`)
  return report
}

if (process.argv[1] === import.meta.filename) {
  const report = inspectHouse(resolve(process.argv[2] ?? '.'))
  for (const violation of report.violations) console.error(violation)
  console.log(
    `house: ${report.files} source files, median ${report.median}, p90 ${report.p90}, largest ${report.largest} lines, ${report.violations.length} violations`,
  )
  process.exitCode = report.violations.length > 0 ? 1 : 0
}
