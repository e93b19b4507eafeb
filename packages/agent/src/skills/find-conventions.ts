import { listShipped, openTrust, readShipped, trustFile, type Trust } from '@cairn/guard'
import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readFrontMatter } from './front-matter.ts'
import type { Convention, Conventions, LeftOut } from './convention.ts'
import { namesIn } from './names-in.ts'

/** Of one file, in bytes. */
const LARGEST = 256 * 1024
const NAME = /^[a-z0-9][a-z0-9._:-]{0,63}$/u
const UNTRUSTED = 'not trusted as it is now; see it with `cairn trust show`, then `cairn trust approve`'

type Kind = Convention['kind']

/** Something that was found, before it is known whether it counts. */
interface Candidate {
  kind: Kind
  path: string
  from: Convention['from']
  name: string
  text: string
  bytes: Buffer
}

/** The SKILL.md inside of the bytes that `readShipped` gives of a folder. */
function skillText(shipped: Buffer): string | null {
  for (let at = 0; at < shipped.length;) {
    const end = shipped.indexOf('\n', at)
    const head = /^=== (".*") (\d+)$/u.exec(shipped.toString('utf8', at, end))
    if (end < 0 || head === null) return null
    const start = end + 1
    const length = Number(head[2])
    if (head[1] === '"SKILL.md"') return shipped.toString('utf8', start, start + length)
    at = start + length + 1
  }
  return null
}

function candidate(root: string, path: string, kind: Kind, from: Convention['from']): Candidate | null {
  if (kind !== 'skill' && !path.endsWith('.md')) return null
  const bytes = readShipped(root, path)
  const text = bytes === null ? null : kind === 'skill' ? skillText(bytes) : bytes.toString('utf8')
  if (bytes === null || text === null) return null
  const plain = basename(path, kind === 'skill' ? '' : '.md').toLowerCase()
  const named = kind !== 'command' ? readFrontMatter(text.slice(0, LARGEST)).fields.get('name') : undefined
  return { kind, path, from, name: named?.toLowerCase() ?? plain, text, bytes }
}

function ofUser(folder: string): Candidate[] {
  const kinds = [
    { kind: 'skill', under: 'skills' },
    { kind: 'command', under: 'commands' },
    { kind: 'agent', under: 'agents' },
  ] as const
  return kinds.flatMap(({ kind, under }) =>
    namesIn(join(folder, under)).flatMap((name) => {
      const found = candidate(folder, `${under}/${name}`, kind, 'user')
      return found === null ? [] : [{ ...found, path: join(folder, found.path) }]
    }),
  )
}

function ofRepository(repository: string): Candidate[] {
  return listShipped(repository).flatMap(({ kind, path }) => {
    if (kind !== 'skill' && kind !== 'command' && kind !== 'agent') return []
    return candidate(repository, path, kind, 'repository') ?? []
  })
}

function whyNot(each: Candidate, taken: ReadonlySet<string>, trust: Trust): string | null {
  if (!NAME.test(each.name)) return `${JSON.stringify(each.name.slice(0, 80))} is no name for a ${each.kind}`
  if (Buffer.byteLength(each.text) > LARGEST) return `larger than ${LARGEST / 1024} KiB`
  if (each.from === 'repository' && !trust.isTrusted(each.kind, each.path, each.bytes)) return UNTRUSTED
  return taken.has(`${each.kind} ${each.name}`) ? 'another one of this name comes first' : null
}

/** The folder of the user's own skills, commands and hooks. */
export const userFolder = (env: NodeJS.ProcessEnv, home: string): string =>
  join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'cairn')

/**
 * Skills, slash commands and agents of the user and of a repository, as they are now. The user's own come first; those of the
 * repository count only with the very bytes that a person approved. Links are not followed.
 */
export function findConventions(deps: {
  repositoryRoot: string
  dataDir: string
  env: NodeJS.ProcessEnv
  home: string
}): Conventions {
  const repository = realpathSync(deps.repositoryRoot)
  const trust = openTrust(trustFile(deps.dataDir), repository)
  const taken = new Set<string>()
  const active: Convention[] = []
  const leftOut: LeftOut[] = []
  for (const each of [...ofUser(userFolder(deps.env, deps.home)), ...ofRepository(repository)]) {
    const { kind, path, name, from } = each
    const why = whyNot(each, taken, trust)
    if (why !== null) {
      leftOut.push({ kind, name, path, why })
      continue
    }
    taken.add(`${kind} ${name}`)
    const { fields, body } = readFrontMatter(each.text)
    const description = (fields.get('description') ?? body.split('\n', 1)[0] ?? '').trim()
    const sha256 = createHash('sha256').update(each.bytes).digest('hex')
    const tools = kind === 'agent' ? fields.get('tools') : undefined
    const without = kind === 'agent' ? fields.get('disallowedTools') : undefined
    active.push({
      kind,
      name,
      description,
      path,
      from,
      sha256,
      body,
      ...(tools === undefined ? {} : { tools }),
      ...(without === undefined ? {} : { without }),
    })
  }
  return { active, leftOut }
}
