import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { campaignPlace } from '../campaign/open-fleet.ts'
import type { Invocation } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

const WORDS = 'run FILE.yaml, status, resume, report, rollback ID UNIT, recipes'

export async function run(invocation: Invocation): Promise<number> {
  const [word, ...rest] = invocation.positionals
  switch (word) {
    case 'run':
      return start(invocation, rest)
    case 'resume':
      return resume(invocation, rest[0] ?? null)
    case 'status':
      return (await import('../campaign/print-status.ts')).printStatus(invocation, rest[0] ?? null)
    case 'report':
      return (await import('../campaign/write-report.ts')).writeReport(invocation, rest[0] ?? null)
    case 'rollback':
      return (await import('../campaign/roll-back.ts')).rollBack(invocation, rest)
    case 'recipes':
      return recipes(invocation)
    default:
      throw new UsageError(`cairn campaign does not know ${JSON.stringify(word)}`, `Known: ${WORDS}.`)
  }
}

async function start(invocation: Invocation, words: readonly string[]): Promise<number> {
  const { io, values } = invocation
  const [file, extra] = words
  if (file === undefined || extra !== undefined)
    throw new UsageError('cairn campaign run takes one file', 'For example: cairn campaign run esm.yaml')
  const path = resolve(io.cwd(), file)
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(
      `the campaign file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'docs/campaigns.md shows one.',
    )
  }
  const { parseCampaign, RECIPES } = await import('@cairn/campaigns')
  const fallback = basename(file).replace(/\.(?:ya?ml|json)$/u, '')
  const definition = parseCampaign(
    source,
    fallback,
    RECIPES.map((recipe) => recipe.name),
  )
  const repository = resolve(io.cwd(), stringOption(values, 'cwd') ?? '.')
  const { runAndPrint } = await import('../campaign/run-and-print.ts')
  return runAndPrint(
    invocation,
    { definition, repository },
    values['approve-canary'] === true ? 'option' : null,
  )
}

async function resume(invocation: Invocation, id: string | null): Promise<number> {
  const { findCampaign } = await import('@cairn/campaigns')
  const found = findCampaign(campaignPlace(invocation).dataDir, id)
  const { runAndPrint } = await import('../campaign/run-and-print.ts')
  const { values } = invocation
  const approve = values['approve'] === true ? 'person' : values['approve-canary'] === true ? 'option' : null
  return runAndPrint(invocation, { id: found }, approve)
}

async function recipes({ io, values }: Invocation): Promise<number> {
  const { RECIPES } = await import('@cairn/campaigns')
  for (const { name, summary, options } of RECIPES) {
    if (values['json'] === true) io.stdout.write(`${JSON.stringify({ name, summary, options })}\n`)
    else {
      io.stdout.write(`${name.padEnd(22)}${summary}\n`)
      for (const [option, help] of Object.entries(options)) io.stdout.write(`  ${option.padEnd(20)}${help}\n`)
    }
  }
  return EXIT.ok
}
