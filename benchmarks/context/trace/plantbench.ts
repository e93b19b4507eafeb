import type { Json } from '@cairn/journal'
import { createPrng, type Prng } from '../prng.ts'
import { makePlants, type PlantSet } from './make-plants.ts'
import { placePlants, type Placed } from './place-plants.ts'
import { type CallSpec, SessionWriter } from './session-writer.ts'
import { BENCH_SYSTEM, BENCH_TOOLS } from './tool-declarations.ts'
import type { DiskChange, Trace } from './trace.ts'
import { filler, mention, requestSentence } from './vocabulary.ts'
import { sha256, type VersionedFile, WorkTree } from './work-tree.ts'

export interface PlantBenchOptions {
  seed: number
  /** User requests. */
  requests: number
  /** Model calls a request, on average. */
  steps: number
  plants: number
  chains: number
}

/** What the steps of a session draw on. */
interface Scene {
  prng: Prng
  writer: SessionWriter
  tree: WorkTree
  topics: readonly string[]
  /** Failures of ordinary tests by command, until a later run is green. */
  failing: Map<string, { id: string; message: string }>
  resolved: Trace['resolved']
}

/**
 * A synthetic session: requests of exploring, editing, testing and fixing over 50 versioned files, with plants put in
 * at known places. Plants stand in the first nine tenths, so that none survives just by being recent.
 */
export function plantBench(options: PlantBenchOptions): Trace {
  const prng = createPrng(options.seed)
  const set = makePlants(prng.fork('plants'), options.plants, options.chains)
  const placed = placePlants(prng.fork('places'), set, options.requests)
  const writer = new SessionWriter(1_700_000_000_000)
  const tree = new WorkTree(prng.fork('tree'), 50)
  const scene: Scene = {
    prng: prng.fork('steps'),
    writer,
    tree,
    topics: set.words,
    failing: new Map(),
    resolved: [],
  }
  start(scene, placed)
  for (let request = 0; request < options.requests; request++) {
    const steps = scene.prng.int(Math.ceil(options.steps * 0.6), Math.ceil(options.steps * 1.4))
    playRequest(scene, placed[request] ?? emptyPlace(), steps, request)
  }
  writer.user(`${requestSentence(scene.prng)} Start with the smallest change.`)
  // The call that answers this last request is where a session is looked at.
  writer.answer({ text: 'I start.' }, [])
  return finish(`plantbench-${options.seed}`, scene, set)
}

function finish(name: string, { writer, resolved, failing }: Scene, set: PlantSet): Trace {
  return {
    name,
    source: 'plantbench',
    system: BENCH_SYSTEM,
    tools: BENCH_TOOLS,
    steps: writer.steps,
    blobs: writer.blobs,
    plants: set.plants,
    chains: set.chains,
    resolved: resolved.filter((f) => failing.get(f.command)?.id !== f.id),
    rawTokens: Math.ceil(writer.rawChars / 4),
  }
}

function emptyPlace(): Placed {
  return {
    user: { start: [], middle: [], end: [], paste: [] },
    agents: [],
    nested: [],
    calls: [],
    said: [],
    thought: [],
  }
}

function start(scene: Scene, placed: readonly Placed[]): void {
  const { writer, tree } = scene
  writer.add('session.started', {
    version: '0',
    cwd: '/project',
    model: { provider: 'bench', id: 'bench' },
    title: 'bench',
    check: null,
  })
  const rules = placed.flatMap((place) => place.agents)
  const text = `# Project rules\n\n${rules.map((rule) => `- ${rule}`).join('\n')}\n\n${filler(scene.prng, 6)}\n`
  const disk: DiskChange[] = tree.files.map((file) => ({ path: file.path, text: tree.text(file) }))
  writer.rawChars += text.length
  writer.add('instructions.loaded', { files: [{ path: 'AGENTS.md', sha256: sha256(text), text }] }, [
    ...disk,
    { path: 'AGENTS.md', text },
  ])
}

function playRequest(scene: Scene, place: Placed, steps: number, request: number): void {
  const { prng, writer, tree } = scene
  if (prng.chance(0.2)) writer.pass(prng.int(400, 4000))
  // Between requests the user edits, too, and nobody tells the journal.
  const outside: DiskChange[] = []
  if (request > 0 && prng.chance(0.5)) {
    const file = prng.pick(tree.files.slice(0, 50))
    tree.change(file, 4)
    outside.push({ path: file.path, text: tree.text(file) })
  }
  writer.user(userText(prng, place), outside)
  if (place.nested.length > 0) nested(scene, place.nested, request)
  const calls = place.calls.slice()
  const said = place.said.slice()
  const thought = place.thought.slice()
  for (let step = 0; step < steps; step++) {
    const share = (n: number) => Math.ceil(n / Math.max(1, steps - step))
    const planted = calls.splice(0, share(calls.length))
    const text = said.splice(0, share(said.length))
    const reasoning = thought.splice(0, share(thought.length))
    const specs = planted.length > 0 ? planted.map((make) => make(tree)) : [ordinary(scene)]
    writer.answer(
      {
        ...(text.length > 0 || prng.chance(0.4) ? { text: [filler(prng, 1), ...text].join(' ') } : {}),
        ...(reasoning.length > 0 || prng.chance(0.3)
          ? { reasoning: [filler(prng, 2), ...reasoning].join(' ') }
          : {}),
      },
      specs,
    )
  }
  writer.answer({ text: `Done with that part. ${filler(prng, 1)}` }, [])
}

function userText(prng: Prng, place: Placed): string {
  const { start, middle, end, paste } = place.user
  const parts = [
    ...start,
    requestSentence(prng),
    ...middle.flatMap((text) => [filler(prng, 1), text]),
    filler(prng, 1),
    ...end,
  ]
  if (paste.length > 0) {
    const pages = paste.map((text) => `${filler(prng, 150)} ${text} ${filler(prng, 150)}`).join('\n\n')
    parts.push(`Here is the guide that we follow:\n\n${pages}\n\n(end of the guide)`)
  }
  return parts.join(' ')
}

function nested(scene: Scene, rules: readonly string[], request: number): void {
  const path = `packages/p${request}/AGENTS.md`
  const text = `# Rules here\n\n${rules.map((rule) => `- ${rule}`).join('\n')}\n`
  scene.writer.rawChars += text.length
  scene.writer.add('instructions.loaded', { files: [{ path, sha256: sha256(text), text }] }, [{ path, text }])
}

/** A step that carries no plant: the bulk of a session. */
function ordinary(scene: Scene): CallSpec {
  const roll = scene.prng.next()
  if (roll < 0.34) return readFile(scene)
  if (roll < 0.48) return search(scene)
  if (roll < 0.72) return editFile(scene)
  if (roll < 0.9) return runTests(scene)
  if (roll < 0.96) return format(scene)
  return build(scene)
}

function readFile({ prng, tree }: Scene): CallSpec {
  const file = prng.pick(tree.files)
  const text = tree.text(file)
  if (file.lines.length > 60 && prng.chance(0.4)) {
    const from = prng.int(1, file.lines.length - 40)
    const range: [number, number] = [from, from + 39]
    return {
      tool: 'read',
      args: { path: file.path, from, lines: 40 },
      output: file.lines.slice(from - 1, from + 39).join('\n'),
      files: [{ path: file.path, op: 'seen', after: sha256(text), range }],
    }
  }
  return {
    tool: 'read',
    args: { path: file.path },
    output: text,
    files: [{ path: file.path, op: 'seen', after: sha256(text) }],
  }
}

function search({ prng, tree, topics }: Scene): CallSpec {
  const lines = Array.from({ length: prng.int(5, 40) }, () => {
    if (prng.chance(0.5)) return mention(prng, prng.pick(topics))
    const file = prng.pick(tree.files)
    return `${file.path}:${prng.int(1, 200)}:  ${prng.token(6)}(${prng.token(4)})`
  })
  return { tool: 'search', args: { pattern: prng.token(5) }, output: lines.join('\n') }
}

function editFile({ prng, tree }: Scene): CallSpec {
  const file = prng.pick(tree.files)
  const before = sha256(tree.text(file))
  const change = tree.change(file, prng.int(3, 12))
  const text = tree.text(file)
  return {
    tool: 'edit',
    args: { path: file.path, old: change.before, new: change.after },
    output: `Edited ${file.path}`,
    effect: 'write',
    files: [{ path: file.path, op: 'wrote', before, after: sha256(text) }],
    disk: [{ path: file.path, text }],
  }
}

function runTests(scene: Scene): CallSpec {
  const { prng, tree, topics, failing } = scene
  const area = prng.pick(['net', 'store', 'ui', 'core', 'jobs'])
  const command = `npm test -- src/${area}`
  const before = failing.get(command)
  const failed = before === undefined && prng.chance(0.5)
  const lines = Array.from({ length: prng.int(20, 120) }, () => mention(prng, prng.pick(topics)))
  const failure = {
    id: `src/${area}/${prng.token(4)}.test.ts > case ${prng.int(1, 60)}`,
    message: `timed out after ${prng.int(1000, 9999)} ms`,
  }
  if (failed) {
    failing.set(command, failure)
    lines.push(`FAIL ${failure.id}`, failure.message)
  } else if (before !== undefined) {
    failing.delete(command)
    scene.resolved.push({ ...before, command })
  }
  const hash = sha256(tree.files.map((f) => f.versions.join('')).join('/'))
  const exit = failed ? 1 : 0
  const failures = failed ? [failure] : []
  return {
    tool: 'exec',
    args: { cmd: command },
    output: lines.join('\n'),
    ok: !failed,
    exit,
    effect: 'exec',
    check: {
      command,
      tree: hash,
      treeAfter: hash,
      exit,
      ok: !failed,
      passed: 60 - failures.length,
      failed: failures.length,
      failures,
      durationMs: 900,
    },
  }
}

/** A command that changes files without saying which: only the disk knows. */
function format({ prng, tree }: Scene): CallSpec {
  const touched: VersionedFile[] = [prng.pick(tree.files), prng.pick(tree.files)]
  for (const file of touched) tree.change(file, 5)
  const args: { [key: string]: Json } = {
    cmd: prng.pick(['npm run format', 'git checkout -- src', "sed -i 's/a/b/' src/*/*.ts"]),
  }
  return {
    tool: 'exec',
    args,
    output: 'done',
    exit: 0,
    effect: 'exec',
    disk: touched.map((file) => ({ path: file.path, text: tree.text(file) })),
  }
}

function build({ prng, topics }: Scene): CallSpec {
  const lines = Array.from({ length: prng.int(200, 700) }, () => mention(prng, prng.pick(topics)))
  return { tool: 'exec', args: { cmd: 'npm run build' }, output: lines.join('\n'), exit: 0, effect: 'exec' }
}
