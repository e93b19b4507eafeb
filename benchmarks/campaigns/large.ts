/**
 * A signature change and a migration to ES modules over a generated repository, by the real command, with random
 * `kill -9` of workers and coordinator. Prints one row a campaign; exit code 1 where a unit was lost, a check is red, or the
 * end tree is not that of an undisturbed run.
 *
 * node benchmarks/campaigns/large.ts [--files 2000] [--callers 600] [--kills 100] [--workers 2] [--postgres]
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { generateRepository, startPostgres } from '@cairn/campaigns/testing'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '2000' },
    callers: { type: 'string', default: '600' },
    kills: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    postgres: { type: 'boolean', default: false },
  },
})
const CAIRN = resolve(import.meta.dirname, '../../node_modules/.bin/cairn')
const folder = mkdtempSync(join(tmpdir(), 'cairn-large-'))
const { files, callers } = generateRepository(Number(values.files), Number(values.callers))
const postgres = values.postgres ? await startPostgres() : null

const CAMPAIGNS = {
  signature: `
goal: label takes one object
units: { query: { importers-of: src/label.ts, symbol: label } }
recipe: { ast-grep: { pattern: 'label($TEXT, $WIDTH)', rewrite: 'label({ text: $TEXT, width: $WIDTH })' } }
check: { unit: "grep -q 'label({ text' {file}", batch: node test/all.mjs }
order: none
batch: 200
`,
  esm: `
goal: ES modules everywhere
units: { glob: 'src/**/*.ts' }
recipe: { use: commonjs-to-esm }
check: { unit: "! grep -Eq 'module.exports|require\\\\(' {file}", batch: node test/all.mjs }
order: cycles
batch: 250
`,
}

function repositoryAt(path: string): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...args], { cwd: path, encoding: 'utf8' })
  git('init', '-q')
  git('add', '-A')
  git('commit', '-qm', 'first')
  return path
}

/** Processes below one, itself included. */
function descendants(pid: number): number[] {
  const children = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/u.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid ? [Number(name)] : []
    } catch {
      return []
    }
  })
  return [pid, ...children.flatMap(descendants)]
}
const isNode = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('boot.')
  } catch {
    return false
  }
}

type Finished = { status: string; counts: { [state: string]: number }; head: string }
interface Outcome extends Finished {
  tree: string
  kills: number
  restarts: number
  seconds: number
}

async function campaign(name: keyof typeof CAMPAIGNS, kills: number): Promise<Outcome> {
  const place = join(folder, `${name}-${kills}`)
  const repository = repositoryAt(join(place, 'repository'))
  const file = join(place, `${name}.yaml`)
  writeFileSync(file, CAMPAIGNS[name])
  const home = join(place, 'home')
  mkdirSync(home)
  const fleet = postgres === null ? {} : { CAIRN_FLEET: await postgres.database() }
  const env = { ...process.env, HOME: home, CAIRN_DATA_DIR: join(place, 'data'), ...fleet }
  const started = performance.now()
  let killed = 0
  let restarts = 0
  for (let words = ['run', file]; ; words = ['resume']) {
    const child = spawn(CAIRN, ['campaign', ...words, '--json', '--workers', values.workers], {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    let planned = words[0] === 'resume'
    child.stdout.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-20_000)
      planned ||= text.includes('campaign.handed-in')
    })
    const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
    const over = () => child.exitCode !== null || child.signalCode !== null
    while (!over() && killed < kills) {
      await Promise.race([ended, sleep(150 + Math.random() * 1_500)])
      if (over() || !planned) continue
      const nodes = descendants(child.pid ?? 0).filter(isNode)
      // Now and then the coordinator, else one of the workers.
      const victim =
        Math.random() < 0.2 ? nodes[0] : nodes[1 + Math.floor(Math.random() * (nodes.length - 1))]
      if (victim === undefined) continue
      try {
        process.kill(victim, 'SIGKILL')
        killed += 1
      } catch {
        continue
      }
      if (postgres !== null && restarts === 0 && killed >= kills / 2) {
        restarts += 1
        await postgres.restart()
      }
    }
    const code = await ended
    const last = text.trim().split('\n').at(-1) ?? ''
    if (last.includes('"campaign.finished"')) {
      const finished = JSON.parse(last) as Finished
      const tree = execFileSync('git', ['rev-parse', `${finished.head}^{tree}`], {
        cwd: repository,
        encoding: 'utf8',
      })
      return { ...finished, tree, kills: killed, restarts, seconds: (performance.now() - started) / 1_000 }
    }
    if (code !== null && code !== 137) throw new Error(`the campaign ended with exit code ${code}: ${last}`)
  }
}

try {
  console.log(
    `${Object.keys(files).length} files, ${callers} callers, ${values.workers} workers, ${postgres === null ? 'embedded' : 'PostgreSQL'}\n`,
  )
  console.log('| campaign | kills | restarts of PostgreSQL | units merged | lost | seconds | same tree |')
  console.log('|---|---|---|---|---|---|---|')
  for (const name of ['signature', 'esm'] as const) {
    const calm = await campaign(name, 0)
    const rough = await campaign(name, Number(values.kills))
    for (const outcome of [calm, rough]) {
      const { merged = 0, ...rest } = outcome.counts
      const lost = Object.values(rest).reduce((sum, count) => sum + count, 0)
      const same = outcome.tree === calm.tree
      if (lost > 0 || !same || outcome.status !== 'done') process.exitCode = 1
      console.log(
        `| ${name} | ${outcome.kills} | ${outcome.restarts} | ${merged} | ${lost} | ${outcome.seconds.toFixed(0)} | ${same ? 'yes' : 'NO'} |`,
      )
    }
  }
} finally {
  await postgres?.close()
  rmSync(folder, { recursive: true, force: true })
}
