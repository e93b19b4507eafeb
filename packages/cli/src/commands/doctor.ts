import { detectLocal, PROVIDERS } from '@cairn/models'
import { spawnSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { homedir } from 'node:os'
import { boundaryFindings } from '../doctor/boundary-findings.ts'
import { ok, problem, type Finding } from '../doctor/finding.ts'
import type { Invocation } from '../command.ts'
import { configPath, loadConfig } from '../config/config.ts'
import { createPaint } from '../output/paint.ts'
import { DriveError, openSessions, prepareDataFolder } from '@cairn/server'
import { VERSION } from '../version.ts'

type Probe = () => Finding | Promise<Finding>

/** A tool's version as it tells it, or null where it does not run. */
function versionOf(program: string, env: NodeJS.ProcessEnv): string | null {
  const run = spawnSync(program, ['--version'], { encoding: 'utf8', env, timeout: 5_000 })
  return run.status === 0 ? (run.stdout.split('\n')[0] ?? '').trim() : null
}

function data(dataDir: string): Finding {
  try {
    prepareDataFolder(dataDir)
    const { bavail, bsize } = statfsSync(dataDir)
    const free = Math.round((bavail * bsize) / 2 ** 20)
    if (free < 500)
      return problem(
        'data folder',
        'limited',
        `${dataDir}, only ${free} MiB free`,
        'Free some space, or set CAIRN_DATA_DIR to another disk.',
      )
    return ok('data folder', dataDir)
  } catch (error) {
    if (!(error instanceof DriveError)) throw error
    return problem('data folder', 'missing', error.message, error.hint)
  }
}

async function ripgrep(env: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const { rgPath } = await import('@vscode/ripgrep')
    const version = versionOf(rgPath, env)
    if (version !== null) return ok('search', version)
  } catch {
    // The package is not there: the one on PATH serves as well.
  }
  const version = versionOf('rg', env)
  return version === null
    ? problem(
        'search',
        'missing',
        'ripgrep does not run',
        'Install ripgrep with your package manager, or run npm ci again.',
      )
    : ok('search', version)
}

async function terminal(): Promise<Finding> {
  try {
    await import('@lydell/node-pty')
    return ok('terminal emulation', 'available')
  } catch (error) {
    return problem(
      'terminal emulation',
      'missing',
      error instanceof Error ? error.message : String(error),
      'Full-screen programs cannot be driven; everything else works.',
    )
  }
}

async function models(env: NodeJS.ProcessEnv, configured: string | null): Promise<Finding[]> {
  const withKey = Object.entries(PROVIDERS).filter(([, provider]) =>
    provider.keys.some((key) => (env[key] ?? '') !== ''),
  )
  const local = await detectLocal(globalThis.fetch)
  const found = [
    ...(configured === null ? [] : [`${configured} (configured)`]),
    ...withKey.map(([name]) => `${name} (key set)`),
    ...local.map((server) => `${server.provider} at ${server.baseUrl} (${server.models.join(', ')})`),
  ]
  return [
    found.length === 0
      ? problem(
          'models',
          'limited',
          'only the embedded engine, which mends failing checks of JavaScript and TypeScript projects',
          'Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, or start Ollama, LM Studio, llama.cpp or vLLM.',
        )
      : ok('models', found.join('; ')),
  ]
}

/** Looks at everything that a session needs, and says for each thing that is not there what to do. */
export async function run({ io, values }: Invocation): Promise<number> {
  const home = io.env['HOME'] ?? homedir()
  const { dataDir } = openSessions(io.env)
  let configured: string | null = null
  const probes: Probe[] = [
    () => ok('cairn', VERSION),
    () => ok('node', process.version),
    () => data(dataDir),
    async () => {
      configured = (await loadConfig(io.env, home)).model ?? null
      return ok('configuration', configPath(io.env, home))
    },
    () => {
      const version = versionOf('git', io.env)
      return version === null
        ? problem('git', 'missing', 'git does not run', 'Install git with your package manager.')
        : ok('git', version)
    },
    () => ripgrep(io.env),
    terminal,
  ]
  const findings: Finding[] = []
  for (const probe of probes) {
    try {
      findings.push(await probe())
    } catch (error) {
      findings.push(
        problem(
          'configuration',
          'missing',
          error instanceof Error ? error.message : String(error),
          'Mend it, or move it away.',
        ),
      )
    }
  }
  const usable = !findings.some((finding) => finding.name === 'data folder' && finding.state === 'missing')
  findings.push(
    ...(usable
      ? await boundaryFindings({ env: io.env, home, dataDir, folder: io.cwd() })
      : [
          problem(
            'sandbox',
            'missing',
            'not tested, because the data folder cannot be used',
            'Mend the data folder first.',
          ),
        ]),
  )
  findings.push(...(await models(io.env, configured)))
  if (values['json'] === true) io.stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
  else {
    const paint = createPaint(io.stdout, io.env)
    const mark = { ok: paint.green('✓'), limited: paint.yellow('!'), missing: paint.red('✗') }
    for (const { name, state, detail, todo, lines = [] } of findings) {
      io.stdout.write(`${mark[state]} ${name}: ${detail}\n`)
      for (const line of lines) io.stdout.write(`    ${line}\n`)
      if (todo !== null && state !== 'ok') io.stdout.write(`    → ${todo}\n`)
    }
  }
  return findings.some((finding) => finding.state === 'missing') ? 1 : 0
}
