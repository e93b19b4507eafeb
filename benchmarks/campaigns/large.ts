/**
 * A signature change and a migration to ES modules over a generated repository, by the real command, with random
 * `kill -9` of workers and coordinator. Prints one row a run; exit code 1 where a unit was lost, a check is red, or the
 * end tree is not that of an undisturbed run: then the folder with repository, journal and everything that any process
 * printed is kept and named. With `--any` every process below the coordinator may be hit: git, checks, sandboxes.
 *
 * node benchmarks/campaigns/large.ts [--files 2000] [--callers 600] [--kills 100] [--workers 2] [--postgres] [--only esm] [--any]
 */
import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { generateRepository, startPostgres } from '@cairn/campaigns/testing'
import { processesOf } from './processes-of.ts'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '2000' },
    callers: { type: 'string', default: '600' },
    kills: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    postgres: { type: 'boolean', default: false },
    only: { type: 'string' },
    any: { type: 'boolean', default: false },
  },
})
const CAIRN = resolve(import.meta.dirname, '../../packages/cli/bin/cairn.cjs')
const folder = mkdtempSync(join(tmpdir(), 'cairn-large-'))
const { files, callers } = generateRepository(Number(values.files), Number(values.callers))
const postgres = values.postgres ? await startPostgres() : null

const CAMPAIGNS: Record<string, string> = {
  signature: `
goal: label takes one object
units: { query: { regex: '\\blabel\\(', glob: 'src/**/*.ts' } }
recipe:
  ast-grep:
    - { pattern: 'label($TEXT, $WIDTH)', rewrite: 'label({ text: $TEXT, width: $WIDTH })' }
    - pattern: 'function label($$$OLD): string { $$$BODY }'
      rewrite: "function label({ text, width }: { text: string; width: number }): string {\\n  return text.padStart(width)\\n}"
check: { unit: "! grep -q 'label(.m' {file}", batch: node test/all.mjs }
order: none
last: src/label.ts
batch: 200
`,
  esm: `
goal: ES modules everywhere
units: { glob: ['src/**/*.ts', package.json] }
recipe: { use: commonjs-to-esm }
check: { unit: "! grep -Eq 'module.exports|require\\\\(' {file}", batch: node test/all.mjs, final: [node test/all.mjs, node test/esm.mjs] }
order: cycles
last: package.json
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

type Finished = { status: string; reason: string | null; counts: { [state: string]: number }; head: string }
interface Outcome extends Finished {
  tree: string
  /** What `cairn campaign status` prints. */
  open: string
  workers: number
  coordinators: number
  restarts: number
  seconds: number
}

/** One campaign, resumed until it is finished. `everyMs`: mean time between two kills. */
async function campaign(name: string, kills: number, everyMs: number): Promise<Outcome> {
  const place = join(folder, `${name}-${kills}`)
  const repository = repositoryAt(join(place, 'repository'))
  const file = join(place, `${name}.yaml`)
  writeFileSync(file, CAMPAIGNS[name] ?? '')
  const home = join(place, 'home')
  mkdirSync(home)
  const fleet = postgres === null ? {} : { CAIRN_FLEET: await postgres.database() }
  const env = { ...process.env, HOME: home, CAIRN_DATA_DIR: join(place, 'data'), ...fleet }
  const started = performance.now()
  const log = join(place, 'log')
  mkdirSync(log)
  const killed = { workers: 0, coordinators: 0 }
  const count = () => killed.workers + killed.coordinators
  let restarts = 0
  let runs = 0
  for (let words = ['run', file]; ; words = ['resume']) {
    const args = ['campaign', ...words, '--json', '--workers', values.workers]
    const said = join(log, String(++runs).padStart(3, '0'))
    // Workers write to the same file. Not a pipe, whose end would be waited for until the last worker has left.
    const errors = openSync(`${said}.txt`, 'a')
    const child = spawn(CAIRN, args, { cwd: repository, env, stdio: ['ignore', 'pipe', errors] })
    const { stdout } = child
    if (stdout === null) throw new Error('its output is a pipe')
    closeSync(errors)
    stdout.pipe(createWriteStream(`${said}.jsonl`))
    let text = ''
    let planned = words[0] === 'resume'
    stdout.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-20_000)
      planned ||= text.includes('campaign.handed-in')
    })
    const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
    const over = () => child.exitCode !== null || child.signalCode !== null
    while (!over() && count() < kills) {
      await Promise.race([ended, sleep(everyMs * 2 * Math.random())])
      if (over() || !planned) continue
      const [coordinator, ...workers] = processesOf(child.pid ?? 0, values.any)
      // Now and then the coordinator, else one of the workers.
      const isCoordinator = Math.random() < 0.2
      const victim = isCoordinator ? coordinator : workers[Math.floor(Math.random() * workers.length)]
      if (victim === undefined) continue
      try {
        process.kill(victim, 'SIGKILL')
      } catch {
        continue
      }
      const what = isCoordinator ? 'coordinator' : 'worker'
      appendFileSync(join(log, 'kills.txt'), `${Date.now()} run ${runs}: ${what} ${victim}\n`)
      killed[isCoordinator ? 'coordinators' : 'workers'] += 1
      if (postgres !== null && restarts === 0 && count() >= kills / 2) {
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
      const seconds = (performance.now() - started) / 1_000
      const open = execFileSync(CAIRN, ['campaign', 'status'], { cwd: repository, env, encoding: 'utf8' })
      return { ...finished, ...killed, tree, restarts, seconds, open }
    }
    if (code !== null) {
      const why = readFileSync(`${said}.txt`, 'utf8').slice(-4_000)
      throw new Error(`the campaign ended with exit code ${code}: ${last}\n${why}`)
    }
  }
}

const kills = Number(values.kills)
try {
  console.log(
    `${Object.keys(files).length} files, ${callers} callers, ${values.workers} workers, ${postgres === null ? 'embedded' : 'PostgreSQL'}\n`,
  )
  console.log(
    '| campaign | workers killed | coordinators killed | restarts of PostgreSQL | units merged | lost | seconds | same tree |',
  )
  console.log('|---|---|---|---|---|---|---|---|')
  for (const name of Object.keys(CAMPAIGNS).filter((each) => (values.only ?? each) === each)) {
    const calm = await campaign(name, 0, 0)
    const show = (outcome: Outcome) => {
      const { merged = 0, ...rest } = outcome.counts
      const lost = Object.values(rest).reduce((sum, each) => sum + each, 0)
      const same = outcome.tree === calm.tree
      if (lost > 0 || !same || outcome.status !== 'done') {
        process.exitCode = 1
        console.error(`${name}: ${outcome.status}: ${outcome.reason ?? ''}\n${outcome.open}`)
      }
      const { workers, coordinators, restarts, seconds } = outcome
      console.log(
        `| ${name} | ${workers} | ${coordinators} | ${restarts} | ${merged} | ${lost} | ${seconds.toFixed(0)} | ${same ? 'yes' : 'NO'} |`,
      )
    }
    show(calm)
    // Spread over the run, which the kills themselves make longer.
    if (kills > 0) show(await campaign(name, kills, Math.max(200, (calm.seconds * 1_000) / kills)))
  }
} catch (error) {
  process.exitCode = 1
  console.error(error)
} finally {
  await postgres?.close()
  if (process.exitCode === 1) console.error(`kept: ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
}
