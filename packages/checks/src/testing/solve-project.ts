import type { Item, Model, ToolDeclaration } from '@cairn/models'
import { createLab, renderExperiment, renderLocalization, type Candidate, type Lab } from '../index.ts'
import { createProcessTerminal } from './process-terminal.ts'
import type { Project } from './project.ts'

/** A finished run of the small loop. */
export interface Solved {
  /** Said by the engine, in order. */
  texts: string[]
  /** Every call with its result, in order. */
  calls: { tool: string; args: Record<string, unknown>; result: string }[]
  finish: { summary: string; claims: unknown[]; open_items?: string[] } | null
  ms: number
}

const names = ['exec', 'read', 'edit', 'note', 'localize', 'experiment', 'finish']

interface Hands {
  project: Project
  lab: Lab
  terminal: ReturnType<typeof createProcessTerminal>
}

async function carryOut(
  hands: Hands,
  tool: string,
  args: Record<string, unknown>,
): Promise<{ ok: boolean; text: string }> {
  const { project, lab, terminal } = hands
  const text = (key: string): string => String(args[key])
  if (tool === 'exec') {
    const outcome = await terminal.exec({ command: text('command'), cwd: project.root })
    return { ok: outcome.exit === 0, text: `[exit ${outcome.exit}]\n${outcome.output.head}` }
  }
  if (tool === 'read') {
    const lines = project.read(text('path')).split('\n')
    if (lines.at(-1) === '') lines.pop()
    const [first, last] = [Number(args['first'] ?? 1), Number(args['last'] ?? lines.length)]
    const head =
      first > 1 || last < lines.length
        ? ` lines ${first}-${last} of ${lines.length}`
        : `, ${lines.length} lines`
    const shown = lines.slice(first - 1, last).map((line, index) => `${first + index}\t${line}`)
    return { ok: true, text: [`[${text('path')}${head}]`, ...shown].join('\n') }
  }
  if (tool === 'edit') {
    const old = project.read(text('path'))
    if (old.split(text('old')).length !== 2) return { ok: false, text: '`old` does not occur exactly once' }
    project.write(
      text('path'),
      old.replace(text('old'), () => text('new')),
    )
    return { ok: true, text: 'edited' }
  }
  if (tool === 'localize') return { ok: true, text: renderLocalization(await lab.localize(text('command'))) }
  if (tool === 'experiment') {
    // The engine's own arguments, which the tool of the loop checks against a schema.
    const candidates = args['candidates'] as Candidate[]
    return { ok: true, text: renderExperiment(await lab.experiment(text('command'), candidates)) }
  }
  return { ok: true, text: 'noted' }
}

/**
 * Runs a model on a project with real tools until it finishes.
 *
 * @param options.view what the model is shown: everything, or only the task, all notes and the last step
 */
export async function solveProject(
  model: Model | (() => Model),
  project: Project,
  options: {
    task: string
    view?: 'all' | 'last'
    tools?: readonly string[]
    maxSteps?: number
    onStep?: (line: string) => void
  },
): Promise<Solved> {
  const started = performance.now()
  const terminal = createProcessTerminal(project.root)
  const lab = createLab({ terminal, workspace: project.workspace, now: () => performance.now() })
  const tools = (options.tools ?? names).map((name): ToolDeclaration => ({
    name,
    description: name,
    schema: { type: 'object' },
  }))
  const items: Item[] = [{ type: 'user', parts: [{ type: 'text', text: options.task }] }]
  const notes: string[] = []
  const solved: Solved = { texts: [], calls: [], finish: null, ms: 0 }
  for (let step = 0; step < (options.maxSteps ?? 200) && solved.finish === null; step++) {
    const memory: Item = { type: 'user', parts: [{ type: 'text', text: notes.join('\n') }] }
    const shown =
      options.view === 'last' ? [...items.slice(0, 1), memory, ...items.slice(1).slice(-2)] : items
    const answer = typeof model === 'function' ? model() : model
    const parts: Extract<Item, { type: 'assistant' }>['parts'] = []
    for await (const event of answer.stream(
      { system: 'You mend.', tools, items: shown },
      { signal: new AbortController().signal },
    )) {
      if (event.type === 'text') parts.push({ type: 'text', text: event.delta })
      if (event.type === 'call')
        parts.push({ type: 'call', id: `${step}-${event.id}`, tool: event.tool, args: event.args })
    }
    items.push({ type: 'assistant', parts })
    options.onStep?.(parts.map((part) => (part.type === 'call' ? part.tool : part.text)).join(' / '))
    solved.texts.push(...parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
    const calls = parts.filter((part) => part.type === 'call')
    if (calls.length === 0) break
    const results: Extract<Item, { type: 'results' }>['results'] = []
    for (const { id, tool, args } of calls) {
      const parsed = JSON.parse(args) as Record<string, unknown>
      const { ok, text } = await carryOut({ project, lab, terminal }, tool, parsed)
      results.push({ id, tool, ok, parts: [{ type: 'text', text }] })
      solved.calls.push({ tool, args: parsed, result: text })
      if (tool === 'note') notes.push(String(parsed['text']))
      if (tool === 'finish') solved.finish = parsed as unknown as Solved['finish']
    }
    items.push({ type: 'results', results })
  }
  lab.close()
  await terminal.close()
  solved.ms = performance.now() - started
  return solved
}
