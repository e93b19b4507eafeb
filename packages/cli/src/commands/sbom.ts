import { readLockfiles, toCycloneDx } from '@cairn/review/sbom'
import { statSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { findKnownDefects } from '../known-defects.ts'
import { UsageError } from '../usage-error.ts'
import { VERSION } from '../version.ts'

function timestampOf(env: NodeJS.ProcessEnv): string {
  const epoch = env['SOURCE_DATE_EPOCH']
  if (epoch === undefined || epoch === '') return new Date().toISOString()
  if (!/^\d{1,11}$/.test(epoch))
    throw new UsageError(
      `SOURCE_DATE_EPOCH is ${JSON.stringify(epoch)}, not a number of seconds`,
      'Set it to seconds since 1970, or take it away.',
    )
  return new Date(Number(epoch) * 1000).toISOString()
}

/** `cairn sbom`: 0 when every lock file was read, 1 when one was not. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const path = resolve(io.cwd(), positionals[0] ?? '.')
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`There is no folder ${path}`, 'Give the folder of a project.')
  const read = readLockfiles(path)
  if (read.files.length === 0 && read.problems.length === 0)
    throw new UsageError(
      `There is no lock file in ${path}`,
      'Make one with the package manager (npm install, uv lock, …); docs/supply-chain.md lists those that are read.',
    )
  const timestamp = values['timestamp'] === true ? timestampOf(io.env) : null
  const bom = toCycloneDx(read, { name: basename(path), version: VERSION, timestamp })
  const advisories = stringOption(values, 'advisories')
  if (advisories !== null) {
    const { auditProgram, findSourceFiles } = await import('@cairn/review')
    const { toVulnerabilities } = await import('@cairn/review/advisories')
    const { program } = await auditProgram(findSourceFiles(path).files, { today: '' })
    bom['vulnerabilities'] = toVulnerabilities(await findKnownDefects(path, program, advisories, io))
  }
  const text = `${JSON.stringify(bom, null, 2)}\n`
  const out = stringOption(values, 'out')
  if (out === null) io.stdout.write(text)
  else {
    writeFileSync(resolve(io.cwd(), out), text)
    const packages = new Set(
      read.files.flatMap((one) =>
        [...one.packages.values()].map(({ name, version }) => `${one.ecosystem} ${name} ${version}`),
      ),
    )
    io.stderr.write(
      `wrote ${count(packages.size, 'package')} of ${count(read.files.length, 'lock file')} to ${out}\n`,
    )
  }
  for (const { path: file, why, todo } of read.problems)
    io.stderr.write(`not read: ${file}: ${why}\n  ${todo}\n`)
  for (const { path: file, unpinned } of read.files)
    if (unpinned.length > 0)
      io.stderr.write(
        `not pinned, so not listed: ${file}: ${unpinned.slice(0, 8).join(', ')}${unpinned.length > 8 ? ` and ${unpinned.length - 8} more` : ''}\n`,
      )
  return read.problems.length > 0 ? 1 : 0
}
