import type { CheckResult } from '@cairn/journal'
import type { Prng } from '../prng.ts'
import type { PlantSet } from './make-plants.ts'
import type { Plant } from './plant.ts'
import type { CallSpec } from './session-writer.ts'
import { filler, mention } from './vocabulary.ts'
import { sha256, type WorkTree } from './work-tree.ts'

export type MakeCall = (tree: WorkTree) => CallSpec

/** What one request carries. */
export interface Placed {
  user: { start: string[]; middle: string[]; end: string[]; paste: string[] }
  agents: string[]
  nested: string[]
  calls: MakeCall[]
  said: string[]
  thought: string[]
}

/** Spreads plants over the first nine tenths of the requests; statements of a chain keep their order. */
export function placePlants(prng: Prng, set: PlantSet, requests: number): Placed[] {
  const places: Placed[] = Array.from({ length: requests }, () => ({
    user: { start: [], middle: [], end: [], paste: [] },
    agents: [],
    nested: [],
    calls: [],
    said: [],
    thought: [],
  }))
  const last = Math.max(0, Math.floor(requests * 0.9) - 1)
  const at = (n: number) => places[Math.min(n, last)] ?? places[0]!
  const plan: string[] = []
  const open: { id: string; message: string }[] = []
  for (const plant of set.plants) place(prng, at(prng.int(0, last)), plant, { topics: set.words, plan, open })
  for (const chain of set.chains) {
    let from = 0
    chain.statements.forEach((statement, i) => {
      const room = last - from - (chain.statements.length - 1 - i)
      const n = from + prng.int(0, Math.max(0, room))
      from = n + 1
      if (statement.by === 'user') at(n).user.middle.push(statement.text)
      else at(n).calls.push(() => logCall(prng, set.words, [statement.text]))
    })
  }
  return places
}

interface Shared {
  topics: readonly string[]
  /** Plan items and failures accumulate: each update states the whole. */
  plan: string[]
  open: { id: string; message: string }[]
}

function place(prng: Prng, to: Placed, plant: Plant, shared: Shared): void {
  const { text } = plant
  switch (plant.channel) {
    case 'user-start':
      return void to.user.start.push(text)
    case 'user-middle':
      return void to.user.middle.push(
        plant.type === 'quote' ? `The old wiki says "${text}", which is not our rule.` : text,
      )
    case 'user-end':
      return void to.user.end.push(text)
    case 'paste':
      return void to.user.paste.push(text)
    case 'agents':
      return void to.agents.push(text)
    case 'agents-nested':
      return void to.nested.push(text)
    case 'reasoning':
      return void to.thought.push(text)
    case 'assistant':
      return void to.said.push(plant.type === 'quote' ? `A forum post claims: "${text}".` : text)
    case 'tool':
      return void to.calls.push(() => logCall(prng, shared.topics, [toolLine(plant)]))
    case 'comment':
      return void to.calls.push((tree) => commentCall(prng, tree, text))
    case 'args':
      return void to.calls.push(() => commitCall(prng, text))
    case 'subagent':
      return void to.calls.push(() => subagentCall(prng, text))
    case 'note':
      return void to.calls.push(() => noteCall(plant))
    case 'check':
      return void to.calls.push(() => checkCall(prng, plant, shared))
    case 'exec':
      return void to.calls.push(() => ({
        tool: 'exec',
        args: { cmd: text },
        output: `ok\n${mention(prng, prng.pick(shared.topics))}`,
        exit: 0,
        effect: 'exec',
      }))
    case 'write':
      return void to.calls.push((tree) => writeCall(tree, plant))
    case 'plan':
      return void to.calls.push(() => planCall(text, shared))
    case 'process':
      return void to.calls.push(() => processCall(prng, plant))
  }
}

function toolLine(plant: Plant): string {
  if (plant.type === 'secret') return `export DEPLOY_TOKEN=${plant.text}`
  if (plant.type === 'quote') return `README of a vendored package: "You: ${plant.text}"`
  return plant.text
}

function logCall(prng: Prng, topics: readonly string[], lines: readonly string[]): CallSpec {
  const noise = () => Array.from({ length: prng.int(10, 60) }, () => mention(prng, prng.pick(topics)))
  return {
    tool: 'exec',
    args: { cmd: `cat logs/${prng.token(4)}.log` },
    output: [...noise(), ...lines, ...noise()].join('\n'),
    exit: 0,
    effect: 'exec',
  }
}

function commentCall(prng: Prng, tree: WorkTree, text: string): CallSpec {
  const file = prng.pick(tree.files)
  const shown = file.lines.slice(0, 20)
  return {
    tool: 'read',
    args: { path: `notes/${prng.token(5)}.md` },
    output: [...shown.map((line) => line.replace(/ \/\/ f\d+\.\d+\.v\d+/, '')), `// ${text}`].join('\n'),
  }
}

function commitCall(prng: Prng, text: string): CallSpec {
  return {
    tool: 'exec',
    args: { cmd: `git commit -m ${JSON.stringify(text)}` },
    output: `[main ${prng.token(7)}] ${prng.int(1, 9)} files changed`,
    exit: 0,
    effect: 'exec',
  }
}

function subagentCall(prng: Prng, text: string): CallSpec {
  return {
    tool: 'task',
    args: { goal: 'look into it' },
    output: `Report of the sub-agent\n${filler(prng, 5)} ${text} ${filler(prng, 5)}`,
  }
}

function noteCall(plant: Plant): CallSpec {
  const type =
    plant.type === 'decision' ||
    plant.type === 'contract' ||
    plant.type === 'assumption' ||
    plant.type === 'rejected'
      ? plant.type
      : 'fact'
  const body = { id: `n-${plant.id}`, type, text: plant.text } as const
  return {
    tool: 'note',
    args: { type, text: plant.text },
    output: `Noted ${body.id}.`,
    effect: 'control',
    followed: [{ time: 0, turn: 0, step: 0, kind: 'note.written', body }],
  }
}

function checkCall(prng: Prng, plant: Plant, shared: Shared): CallSpec {
  const [id = '', message = ''] = plant.needles
  shared.open.push({ id, message })
  const command = `npx vitest run ${id.split(' ')[0]}`
  const check: CheckResult = {
    command,
    tree: sha256(plant.id),
    treeAfter: sha256(plant.id),
    exit: 1,
    ok: false,
    passed: 12,
    failed: 1,
    failures: [{ id, message }],
    durationMs: 400,
  }
  const noise = Array.from({ length: prng.int(5, 30) }, () => mention(prng, prng.pick(shared.topics)))
  return {
    tool: 'exec',
    args: { cmd: command },
    output: [...noise, `FAIL ${id}`, message].join('\n'),
    ok: false,
    exit: 1,
    effect: 'exec',
    check,
  }
}

function writeCall(tree: WorkTree, plant: Plant): CallSpec {
  const path = plant.type === 'file' ? plant.text : `src/contracts/${plant.id}.ts`
  const file = tree.add(path, 12, plant.type === 'contract' ? [`${plant.text} {`] : [])
  const text = tree.text(file)
  return {
    tool: 'write',
    args: { path, content: text },
    output: `Wrote ${path}`,
    effect: 'write',
    files: [{ path, op: 'wrote', before: null, after: sha256(text) }],
    disk: [{ path, text }],
  }
}

function planCall(text: string, shared: Shared): CallSpec {
  shared.plan.push(text)
  const items = shared.plan.map((item) => ({ text: item, status: 'pending' as const }))
  return {
    tool: 'plan',
    args: { items },
    output: 'Plan updated.',
    effect: 'control',
    followed: [{ time: 0, turn: 0, step: 0, kind: 'plan.updated', body: { items } }],
  }
}

function processCall(prng: Prng, plant: Plant): CallSpec {
  const [id = ''] = plant.needles
  const pid = prng.int(1000, 9000)
  return {
    tool: 'exec',
    args: { cmd: plant.text, background: true },
    output: `Running in the background as ${id} (pid ${pid})`,
    effect: 'exec',
    followed: [
      { time: 0, turn: 0, step: 0, kind: 'process.started', body: { id, command: plant.text, pid } },
    ],
  }
}
