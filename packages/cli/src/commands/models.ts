import { detectLocal, listCatalogue } from '@cairn/models'
import type { Invocation } from '../command.ts'
import { tokens } from '../output/format.ts'

const price = (value: number | undefined) => (value === undefined ? '' : value.toFixed(2))

/** The catalogue, and what local servers offer. */
export async function run({ positionals, values, io }: Invocation): Promise<number> {
  const filter = (positionals[0] ?? '').toLowerCase()
  const local = await detectLocal(globalThis.fetch)
  const known = listCatalogue().filter((model) =>
    `${model.provider}/${model.id} ${model.name}`.toLowerCase().includes(filter),
  )
  if (values['json'] === true) {
    io.stdout.write(`${JSON.stringify({ local, models: known }, null, 2)}\n`)
    return 0
  }
  const rows = known.map((model) => [
    `${model.provider}/${model.id}`,
    tokens(model.window),
    tokens(model.maxOutput),
    price(model.prices?.input),
    price(model.prices?.cacheRead),
    price(model.prices?.output),
  ])
  const head = ['model', 'window', 'output', '$ in', '$ cached', '$ out']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  io.stdout.write(`${line(head)}\n${rows.map((row) => `${line(row)}\n`).join('')}\n`)
  for (const server of local)
    io.stdout.write(
      `${server.provider} at ${server.baseUrl}: ${server.models.join(', ') || 'no model loaded'}\n`,
    )
  if (local.length === 0)
    io.stdout.write('No model server was found on this machine (Ollama, LM Studio, llama.cpp, vLLM).\n')
  io.stdout.write(
    'Prices are US dollars per million tokens. embedded/repair-1 needs no key and no network.\n',
  )
  return 0
}
