import { createPrng } from '../prng.ts'
import { makePlants } from './make-plants.ts'
import { placePlants } from './place-plants.ts'
import { SessionWriter } from './session-writer.ts'
import type { Trace, TraceStep } from './trace.ts'
import { filler } from './vocabulary.ts'
import { sha256, WorkTree } from './work-tree.ts'

/** Puts plants into a recording, at boundaries between steps spread over its length: the most real noise there is. */
export function splicePlants(trace: Trace, options: { seed: number; plants: number; chains: number }): Trace {
  const prng = createPrng(options.seed)
  const set = makePlants(prng.fork('plants'), options.plants, options.chains)
  const boundaries = trace.steps.flatMap((step, i) =>
    step.event.kind === 'model.answered' && i > 1 ? [i] : [],
  )
  const places = placePlants(prng.fork('places'), set, Math.min(40, boundaries.length))
  const tree = new WorkTree(prng.fork('tree'), 10)
  const noise = prng.fork('noise')
  const inserts = new Map<number, TraceStep[]>()
  const blobs = new Map(trace.blobs)
  let chars = 0
  places.forEach((place, n) => {
    const at = boundaries[Math.floor((n * boundaries.length) / places.length)] ?? 0
    const time = trace.steps[at]?.event.time ?? 0
    const writer = new SessionWriter(time - 1000, `s${n}`)
    if (n === 0) {
      writer.add(
        'session.environment',
        { facts: { spliced: true } },
        tree.files.map((file) => ({ path: file.path, text: tree.text(file) })),
      )
      const text = `# Project rules\n\n${places
        .flatMap((p) => p.agents)
        .map((rule) => `- ${rule}`)
        .join('\n')}\n`
      writer.add('instructions.loaded', { files: [{ path: 'AGENTS.md', sha256: sha256(text), text }] }, [
        { path: 'AGENTS.md', text },
      ])
    }
    const { start, middle, end, paste } = place.user
    const said = [...start, ...middle.flatMap((text) => [filler(noise, 1), text]), ...end]
    if (paste.length > 0)
      said.push(
        `Here is the guide:\n\n${paste.map((text) => `${filler(noise, 150)} ${text} ${filler(noise, 150)}`).join('\n\n')}`,
      )
    if (said.length > 0) writer.user(said.join(' '))
    if (place.nested.length > 0) {
      const text = place.nested.map((rule) => `- ${rule}`).join('\n')
      writer.add('instructions.loaded', {
        files: [{ path: `packages/s${n}/AGENTS.md`, sha256: sha256(text), text }],
      })
    }
    const calls = place.calls.map((make) => make(tree))
    const text = place.said.join(' ')
    const reasoning = place.thought.join(' ')
    if (calls.length > 0 || text !== '' || reasoning !== '') {
      writer.answer(
        { text: text === '' ? 'I go on.' : text, ...(reasoning === '' ? {} : { reasoning }) },
        calls,
      )
    }
    for (const [key, value] of writer.blobs) blobs.set(key, value)
    chars += writer.rawChars
    inserts.set(at, writer.steps)
  })
  return {
    ...trace,
    name: `${trace.name}+plants`,
    source: 'spliced',
    steps: trace.steps.flatMap((step, i) => [...(inserts.get(i) ?? []), step]),
    blobs,
    plants: set.plants,
    chains: set.chains,
    rawTokens: trace.rawTokens + Math.ceil(chars / 4),
  }
}
