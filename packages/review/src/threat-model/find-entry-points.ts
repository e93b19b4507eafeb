import { writtenName } from '../audit/engine/machine.ts'
import type { Program } from '../audit/engine/program.ts'
import type { Expr } from '../audit/ir/ir.ts'
import { isProtected } from '../audit/structure/find-open-routes.ts'
import { optionIn, textIn, type Outline } from '../audit/structure/outline.ts'
import { namesIn, routesOf } from '../audit/structure/routes.ts'
import type { EntryKind, EntryPoint } from './threat-model.ts'

type Found = Omit<EntryPoint, 'id'>

const VIEW = /(?:ViewSet|APIView|MethodView|Resource|RequestHandler|HTTPEndpoint|HTTPMethodView|\bView)$/
const VERB = /^(?:get|post|put|patch|delete|list|create|update|partial_update|destroy|retrieve)$/i
const WRITES = /^(?:post|put|patch|delete|create|update|partial_update|destroy)$/i

/** Every way into the program that its text shows, in the order of files and lines. */
export function findEntryPoints(outlines: readonly Outline[], program: Program): EntryPoint[] {
  const prefixes = mountedAt(outlines, program)
  const urls = djangoPaths(outlines)
  const found = outlines.flatMap((outlined) => [
    ...routes(outlined, outlines, program, prefixes, urls),
    ...views(outlined, program, urls),
    ...handlers(outlined, program),
    ...others(outlined, program),
  ])
  return found
    .toSorted((a, b) => (a.at.file === b.at.file ? a.at.line - b.at.line : a.at.file < b.at.file ? -1 : 1))
    .map((one, at) => ({ id: `E${at + 1}`, ...one }))
}

const joined = (...parts: readonly string[]) =>
  `/${parts.join('/')}`.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')

/** File → the path that its routes are mounted at. */
function mountedAt(outlines: readonly Outline[], program: Program): Map<string, string> {
  const found = new Map<string, string>()
  for (const outlined of outlines)
    for (const { expr, written } of outlined.calls) {
      if (!/\.(?:use|register|include_router|register_blueprint|mount|route)$/.test(written)) continue
      const [first] = expr.args
      const option = textIn(optionIn(expr, 'prefix') ?? optionIn(expr, 'url_prefix'))
      const prefix = option ?? textIn(first?.value)
      if (prefix === null) continue
      for (const arg of expr.args)
        for (const name of namesIn(arg.value)) {
          const from = outlined.imports.get(name.split('.')[0]?.replace('()', '') ?? '')
          if (from === undefined) continue
          const file =
            program.resolve(from.module, outlined.file.path) ??
            program.resolve(`${from.module}.${from.name}`, outlined.file.path)
          if (file !== null && file !== outlined.file.path) found.set(file, prefix)
        }
    }
  return found
}

/** View of Django → the path that its configuration gives it. */
function djangoPaths(outlines: readonly Outline[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const { calls, file } of outlines) {
    if (!/(?:^|\/)urls\.py$/.test(file.path)) continue
    for (const { expr, name } of calls) {
      if (!/(?:^|\.)(?:path|re_path|url)$/.test(name)) continue
      const [first, second] = expr.args
      const view = second === undefined ? undefined : namesIn(second.value)[0]
      const text = textIn(first?.value)
      if (text === null || view === undefined || view.endsWith('include')) continue
      const named =
        view
          .replace(/\.as_view$/, '')
          .split('.')
          .at(-1) ?? ''
      if (!found.has(named)) found.set(named, text)
    }
  }
  return found
}

/** The path that a router of this file gives to its routes. */
function ownPrefix(outlined: Outline, group: string): string {
  for (const { name, value } of outlined.assignments)
    if (name === group && value.kind === 'call')
      return textIn(optionIn(value, 'prefix') ?? optionIn(value, 'url_prefix')) ?? ''
  return ''
}

function routes(
  outlined: Outline,
  outlines: readonly Outline[],
  program: Program,
  prefixes: ReadonlyMap<string, string>,
  urls: ReadonlyMap<string, string>,
): Found[] {
  const file = outlined.file.path
  return routesOf(outlined).map((route) => ({
    kind: 'http',
    name: `${route.method === 'write' ? 'changes' : 'reads'} ${joined(prefixes.get(file) ?? '', ownPrefix(outlined, route.group), (route.group === 'views' ? urls.get(route.name) : undefined) ?? route.path)}`,
    writes: route.method === 'write',
    authenticated: isProtected(route, outlines, program),
    guards: guardsOf(route),
    at: { file, line: program.line(file, route.at) },
  }))
}

const ROUTING =
  /^(?:Controller|Resolver|Get|Post|Put|Patch|Delete|All|Query|Mutation|HttpCode|Render|Header)$/

/** What stands in front of a route, without what only says where it is. */
const guardsOf = ({ guards, path }: { guards: readonly string[]; path: string }): string[] => [
  ...new Set(
    guards.filter(
      (name) => name !== '' && !ROUTING.test(name) && !path.split('/').includes(name) && name !== path,
    ),
  ),
]

/** Views that are classes with a method for each verb. */
function views(outlined: Outline, program: Program, urls: ReadonlyMap<string, string>): Found[] {
  const file = outlined.file.path
  return outlined.classes.flatMap((cls): Found[] => {
    const bases = cls.bases.map((base) => writtenName(base) ?? '')
    if (outlined.file.language !== 'python' || !bases.some((base) => VIEW.test(base))) return []
    const verbs = cls.methods.filter(({ name }) => VERB.test(name))
    const permission = cls.fields.find(({ name }) =>
      /^(?:permission_classes|authentication_classes|decorators)$/.test(name),
    )
    const guards = [
      ...cls.decorators.flatMap(namesIn),
      ...bases.filter((base) => base.endsWith('Mixin')),
      ...(permission?.value === null || permission === undefined ? [] : namesIn(permission.value)),
    ]
    const authenticated = guards.some(
      (name) => /auth|login|permission|jwt|user/i.test(name) && !/AllowAny/.test(name),
    )
    const whole =
      verbs.length === 0 && bases.some((base) => /ModelViewSet|Generic\w*View|APIView$/.test(base))
    const entries = whole
      ? [
          {
            name: cls.name,
            writes: !bases.some((base) => /ReadOnly|ListAPIView|Retrieve/.test(base)),
            at: cls.at,
          },
        ]
      : verbs.map((fn) => ({ name: `${cls.name}.${fn.name}`, writes: WRITES.test(fn.name), at: fn.at }))
    return entries.map(({ name, writes, at }) => ({
      kind: 'http',
      name: `${writes ? 'changes' : 'reads'} ${urls.has(cls.name) ? `${joined(urls.get(cls.name) ?? '')} (${name})` : name}`,
      writes,
      authenticated,
      guards: [...new Set(guards)],
      at: { file, line: program.line(file, at) },
    }))
  })
}

const SESSION =
  /getServerSession|getSession|currentUser|requireUser|verify\w*(?:Token|Session|Auth)|\bauth\(|authorization|isAuthenticated/i

/** Functions that a framework finds by the name of their file or by their own. */
function handlers(outlined: Outline, program: Program): Found[] {
  const { path, text, language } = outlined.file
  const line = (at: number) => ({ file: path, line: program.line(path, at) })
  const web = /(?:^|\/)app\/((?:[^/]+\/)*)route\.[jt]sx?$/.exec(path)
  const api = /(?:^|\/)(?:pages|server)\/(api\/.*?)(?:\/index)?\.[jt]sx?$/.exec(path)
  const found: Found[] = []
  for (const { fn } of outlined.functions) {
    const body = text.slice(fn.at, fn.end)
    const one = (kind: EntryKind, name: string, writes: boolean): Found => ({
      kind,
      name,
      writes,
      authenticated: SESSION.test(body),
      guards: [],
      at: line(fn.at),
    })
    if (web !== null && /^(?:GET|POST|PUT|PATCH|DELETE)$/.test(fn.name))
      found.push(one('http', `${fn.name} /${(web[1] ?? '').replace(/\/$/, '')}`, fn.name !== 'GET'))
    else if (/^(?:action|loader)$/.test(fn.name) && /(?:^|\/)routes\//.test(path))
      found.push(one('http', `${fn.name} of ${path}`, fn.name === 'action'))
    else if (
      fn.name === 'lambda_handler' ||
      (fn.name === 'handler' && /aws-lambda|APIGateway|exports\.handler/.test(text))
    )
      found.push(one('function', `${fn.name} of ${path}`, true))
    else if (language === 'javascript' && /^\s*(?:async\s+)?[^{]*\{\s*['"]use server['"]/.test(body))
      found.push(one('http', `server action ${fn.name}`, true))
  }
  if (api !== null)
    found.push({
      kind: 'http',
      name: `/${api[1] ?? ''}`,
      writes: /['"](?:POST|PUT|PATCH|DELETE)['"]/.test(text),
      authenticated: SESSION.test(text),
      guards: [],
      at: { file: path, line: 1 },
    })
  return found
}

const LISTENS: readonly (readonly [EntryKind, RegExp])[] = [
  ['websocket', /(?:^|\.)(?:WebSocketServer|WebSocket\.Server|socket\.io\.Server)$|^socket\.io$/],
  ['queue', /(?:^|\.)bull(?:mq)?\.Worker$|\.(?:consume|basic_consume|subscribe)$|(?:^|\.)kafkajs?.*\.run$/],
  ['schedule', /node-cron\.schedule$|(?:^|\.)(?:cron\.schedule|CronJob|scheduleJob|add_job)$/],
  [
    'command line',
    /(?:^|\.)(?:ArgumentParser|parseArgs|minimist|yargs|Command)$|^commander\b.*\.parse(?:Async)?$/,
  ],
]
const LOCAL_EVENT = /^(?:store|observable|subject|subscription|emitter|router|this)\b/

const decorates = (one: Expr) => writtenName(one.kind === 'call' ? one.callee : one) ?? ''

function others(outlined: Outline, program: Program): Found[] {
  const { path, text } = outlined.file
  const found = new Map<string, Found>()
  const add = (kind: EntryKind, name: string, at: number, authenticated: boolean | null) => {
    const line = program.line(path, at)
    if (!found.has(`${kind} ${name}`))
      found.set(`${kind} ${name}`, {
        kind,
        name,
        writes: true,
        authenticated,
        guards: [],
        at: { file: path, line },
      })
  }
  for (const { expr, name, written } of outlined.calls)
    for (const [kind, pattern] of LISTENS) {
      if (!pattern.test(name) || (kind === 'queue' && LOCAL_EVENT.test(written))) continue
      const topic = textIn(expr.args[0]?.value)
      add(
        kind,
        topic === null ? `${written} in ${path}` : `${written} ${topic}`,
        expr.at,
        kind === 'websocket' ? SESSION.test(text) : null,
      )
    }
  for (const { fn } of outlined.functions)
    for (const decorator of fn.decorators.map(decorates))
      if (/(?:^|\.)(?:shared_task|task|on_message|subscriber)$/.test(decorator))
        add('queue', `task ${fn.name}`, fn.at, null)
      else if (/(?:^|\.)(?:websocket|SubscribeMessage)$/.test(decorator))
        add('websocket', fn.name, fn.at, SESSION.test(text.slice(fn.at, fn.end)))
      else if (/(?:^|\.)(?:command|group)$/.test(decorator) && /\b(?:click|typer)\b/.test(text))
        add('command line', `command ${fn.name}`, fn.at, null)
  const argv = /\b(?:process\.argv|sys\.argv)\b/.exec(text)
  if (argv !== null && ![...found.values()].some(({ kind }) => kind === 'command line'))
    add('command line', `arguments of ${path}`, argv.index, null)
  return [...found.values()]
}
