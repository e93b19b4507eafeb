import { findSourceFiles } from '@cairn/review'
import { buildThreatModel, renderHtml, renderMarkdown, renderText } from '@cairn/review/threat-model'
import { statSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

const FORMATS = {
  text: renderText,
  markdown: renderMarkdown,
  html: renderHtml,
  json: (model: object) => `${JSON.stringify(model, null, 1)}\n`,
} as const
const isFormat = (word: string): word is keyof typeof FORMATS => Object.hasOwn(FORMATS, word)

/** `cairn threat-model`: 0 where one was drafted, whatever it says. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const path = resolve(io.cwd(), positionals[0] ?? '.')
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`There is no folder ${path}`, 'Give the folder of a project.')
  const out = stringOption(values, 'out')
  const ending = out === null ? null : (/\.(md|html|json)$/.exec(out)?.[1] ?? null)
  const format = stringOption(values, 'format') ?? (ending === 'md' ? 'markdown' : (ending ?? 'text'))
  if (!isFormat(format))
    throw new UsageError(`--format has no ${JSON.stringify(format)}`, 'Use text, markdown, html or json.')
  const { files, unread } = findSourceFiles(path)
  const today = new Date().toISOString().slice(0, 10)
  const model = await buildThreatModel(files, { name: basename(path), today })
  model.notAnalysed.push(...unread)
  const text = FORMATS[format](model)
  if (out === null) io.stdout.write(text)
  else {
    writeFileSync(resolve(io.cwd(), out), text)
    const open = model.threats.filter(({ state }) => state === 'open').length
    io.stderr.write(`wrote ${count(model.threats.length, 'abuse case')}, ${open} open, to ${out}\n`)
  }
  return 0
}
