import type { Program } from '../audit/engine/program.ts'
import type { Expr } from '../audit/ir/ir.ts'
import type { Outline } from '../audit/structure/outline.ts'
import type { Evidence, Peer, PeerKind } from './threat-model.ts'

/** Modules by what they connect to. */
const MODULES: readonly (readonly [PeerKind, string, RegExp])[] = [
  ['database', 'PostgreSQL', /^(?:pg|postgres|pg-promise|slonik|psycopg2?|asyncpg)(?:$|[./])/],
  ['database', 'MySQL', /^(?:mysql2?|mariadb|pymysql|MySQLdb|aiomysql)(?:$|[./])/],
  ['database', 'SQLite', /^(?:sqlite3?|better-sqlite3|node:sqlite|bun:sqlite|aiosqlite)(?:$|[./])/],
  ['database', 'MongoDB', /^(?:mongodb|mongoose|pymongo|motor|mongoengine|beanie)(?:$|[./])/],
  [
    'database',
    'SQL database',
    /^(?:knex|sequelize|typeorm|@prisma\/client|drizzle-orm|kysely|@mikro-orm\/.*|objection|sqlalchemy|sqlmodel|peewee|tortoise|django\.db|flask_sqlalchemy|databases)(?:$|[./])/,
  ],
  [
    'database',
    'Elasticsearch',
    /^(?:@elastic\/elasticsearch|elasticsearch|@opensearch-project\/.*|opensearchpy)(?:$|[./])/,
  ],
  ['database', 'DynamoDB', /^(?:@aws-sdk\/(?:client|lib)-dynamodb)(?:$|[./])/],
  ['cache', 'Redis', /^(?:redis|ioredis|aioredis|@upstash\/redis|django_redis|flask_caching)(?:$|[./])/],
  ['cache', 'Memcached', /^(?:memcached|memjs|pymemcache)(?:$|[./])/],
  ['object store', 'S3', /^(?:@aws-sdk\/client-s3|aws-sdk|boto3|minio|aioboto3)(?:$|[./])/],
  [
    'object store',
    'Cloud Storage',
    /^(?:@google-cloud\/storage|google\.cloud\.storage|@azure\/storage-blob|azure\.storage\.blob)(?:$|[./])/,
  ],
  ['queue', 'job queue', /^(?:bull|bullmq|bee-queue|agenda|pg-boss|celery|rq|dramatiq|huey|arq)(?:$|[./])/],
  [
    'queue',
    'message broker',
    /^(?:amqplib|amqp|kafkajs|node-rdkafka|nats|mqtt|pika|aio_pika|kafka|confluent_kafka|@aws-sdk\/client-(?:sqs|sns)|@google-cloud\/pubsub)(?:$|[./])/,
  ],
  [
    'mail',
    'mail',
    /^(?:nodemailer|@sendgrid\/mail|mailgun.*|resend|smtplib|aiosmtplib|flask_mail|django\.core\.mail|postmark|sendgrid)(?:$|[./])/,
  ],
  [
    'payment',
    'payment provider',
    /^(?:stripe|braintree|@paypal\/.*|paypal.*|@adyen\/.*|square|razorpay|mollie.*)(?:$|[./])/,
  ],
  [
    'language model',
    'language model',
    /^(?:openai|@anthropic-ai\/sdk|anthropic|@google\/gen(?:ai|erative-ai)|google\.generativeai|cohere.*|langchain.*|@langchain\/.*|ollama|litellm|@mistralai\/.*|mistralai|replicate|ai)(?:$|[./])/,
  ],
  [
    'web service',
    'other web services',
    /^(?:axios|got|node-fetch|undici|superagent|ky|needle|request|requests|httpx|aiohttp|urllib3?|http\.client)(?:$|[./])/,
  ],
  [
    'operating system',
    'programs',
    /^(?:child_process|node:child_process|execa|cross-spawn|shelljs|zx|subprocess|paramiko|fabric|pexpect|sh)(?:$|[./])/,
  ],
  ['file system', 'files', /^(?:fs|node:fs|fs-extra|shutil|aiofiles)(?:$|[./])/],
]
const CALLS: readonly (readonly [PeerKind, string, RegExp])[] = [
  ['web service', 'other web services', /^(?:fetch|globalThis\.fetch|window\.fetch)$/],
  ['operating system', 'programs', /^os\.(?:system|popen|exec\w*|spawn\w*)$/],
  [
    'file system',
    'files',
    /^(?:open|Path\(\)\.(?:write_text|write_bytes|read_text|read_bytes)|os\.(?:remove|unlink|rename|makedirs))$/,
  ],
]

const leading = (expr: Expr | undefined): string =>
  expr === undefined
    ? ''
    : expr.kind === 'literal'
      ? String(expr.value)
      : expr.kind === 'concat'
        ? leading(expr.parts[0])
        : expr.kind === 'call' && expr.isNew
          ? leading(expr.args[0]?.value)
          : ''

/** Stores, services and programs that the code uses, each with every place where it does first in a file. */
export function findPeers(outlines: readonly Outline[], program: Program): Peer[] {
  const found = new Map<string, Omit<Peer, 'id'>>()
  const add = (kind: PeerKind, name: string, at: Evidence): Omit<Peer, 'id'> => {
    const key = `${kind} ${name}`
    const known = found.get(key) ?? { kind, name, hosts: [], at: [] }
    if (!known.at.some(({ file }) => file === at.file)) known.at.push(at)
    found.set(key, known)
    return known
  }
  for (const outlined of outlines) {
    const { path } = outlined.file
    for (const { module } of outlined.imports.values())
      for (const [kind, name, pattern] of MODULES)
        if (pattern.test(module) && program.resolve(module, path) === null)
          add(kind, name, { file: path, line: importLine(outlined, program, module) })
    for (const { expr, name } of outlined.calls) {
      const at = { file: path, line: program.line(path, expr.at) }
      for (const [kind, label, pattern] of CALLS) if (pattern.test(name)) add(kind, label, at)
      const host = /^(?:https?|wss?):\/\/([\w.-]+)/.exec(leading(expr.args[0]?.value))?.[1]
      if (host === undefined || /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0)$|(?:^|\.)example\.\w+$/.test(host))
        continue
      if (!/fetch|axios|got|request|http|urlopen|\.(?:get|post|put|patch|delete)$/i.test(name)) continue
      const peer = add('web service', 'other web services', at)
      if (!peer.hosts.includes(host)) peer.hosts.push(host)
    }
  }
  return [...found.values()].map((one, at) => ({ id: `P${at + 1}`, ...one, hosts: one.hosts.toSorted() }))
}

function importLine(outlined: Outline, program: Program, module: string): number {
  const { text, path } = outlined.file
  const at = text.search(
    new RegExp(`(?:from|require\\(|import).*${module.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}`),
  )
  return program.line(path, Math.max(0, at))
}
