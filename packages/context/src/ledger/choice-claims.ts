const CATEGORIES: Record<string, string> = {
  'package-manager': 'npm|pnpm|yarn|bun|pip|poetry|uv|pipenv',
  'test-runner': 'jest|vitest|mocha|ava|jasmine|pytest|unittest|nose|node:test',
  database: 'postgres|postgresql|mysql|mariadb|sqlite|mongodb|mongo|dynamodb|cockroachdb|duckdb',
  cache: 'redis|memcached|valkey',
  formatter: 'prettier|biome|black|oxfmt|dprint|yapf',
  linter: 'eslint|oxlint|ruff|flake8|pylint|tslint|standard',
  bundler: 'webpack|vite|rollup|esbuild|parcel|tsup|rspack|turbopack',
  'http-client': 'axios|got|undici|node-fetch|ky|requests|httpx|aiohttp',
  'web-framework': 'express|fastify|koa|hono|nestjs|django|flask|fastapi|rails',
  'ui-framework': 'react|vue|svelte|angular|solidjs|preact',
  orm: 'prisma|drizzle|typeorm|knex|sequelize|sqlalchemy',
  'date-library': 'moment|dayjs|date-fns|luxon',
  logger: 'winston|pino|bunyan|loguru|structlog',
  'api-style': 'rest|graphql|grpc|trpc|json-rpc',
  queue: 'kafka|rabbitmq|sqs|nats|bullmq',
  auth: 'jwt|jwts|session cookies|sessions|oauth|basic auth|api keys',
  validation: 'zod|yup|joi|ajv|valibot|pydantic',
  'style:indent': 'tabs|spaces|two spaces|four spaces|2 spaces|4 spaces|2-space|4-space',
  'style:quotes': 'single quotes|double quotes',
  'style:naming': 'camelcase|snake_case|kebab-case|pascalcase',
  'module-system': 'esm|commonjs|es modules',
  ids: 'uuid|uuids|ulid|ulids|nanoid|auto-increment ids|snowflake ids',
}
const TOGGLES: Record<string, RegExp> = {
  'style:semicolons': /\bsemi-?colons?\b/i,
  'style:trailing-commas': /\btrailing commas?\b/i,
  'style:default-exports': /\bdefault exports?\b/i,
}
const VERB = String.raw`(?:use|using|prefer|choose|adopt|stay with|stick (?:to|with)|go (?:back )?(?:to|with)|going with|switch(?:ing)? (?:back )?to|migrat(?:e|ing) to|back to|move to|write (?:it |this |everything )?in|indent with|format with|test with|tests? (?:run )?with|based on|built (?:on|with)|wants?|keep|keeping|on|with|run on|uses|must be|should be|return to)`
const NEGATED =
  /(?:\bnot|n't|\bnever|\bno longer|\bstop|\bavoid|\binstead of|\brather than|\bover|\bwithout|\bno more)\s+(?:to\s+)?$/i

interface Pattern {
  category: string
  chosen: RegExp
  member: RegExp
}
const compiled = new Map<string, Pattern>()
let byWord: Map<string, Set<string>> | null = null

/** The patterns of the categories that a text has a word of, each built when it is first needed. */
function patternsFor(text: string): Pattern[] {
  byWord ??= categoriesByWord()
  const found = new Set<string>()
  for (const word of text.toLowerCase().match(/[a-z0-9_]+/g) ?? [])
    for (const category of byWord.get(word) ?? []) found.add(category)
  return Object.keys(CATEGORIES)
    .filter((category) => found.has(category))
    .map(patternOf)
}

function categoriesByWord(): Map<string, Set<string>> {
  const words = new Map<string, Set<string>>()
  for (const [category, names] of Object.entries(CATEGORIES))
    for (const name of names.split('|')) {
      const first = /[a-z0-9_]+/.exec(name)?.[0] ?? name
      words.set(first, (words.get(first) ?? new Set()).add(category))
    }
  return words
}

function patternOf(category: string): Pattern {
  const known = compiled.get(category)
  if (known) return known
  const alternatives = (CATEGORIES[category] ?? '')
    .split('|')
    .sort((a, b) => b.length - a.length)
    .join('|')
  const pattern = {
    category,
    chosen: new RegExp(
      String.raw`\b${VERB}\s+(?:the\s+|only\s+|always\s+|just\s+)?[\x60"']?(${alternatives})(?![\w/-])`,
      'gi',
    ),
    member: new RegExp(String.raw`(?<![\w/-])(${alternatives})(?![\w/-])`, 'i'),
  }
  compiled.set(category, pattern)
  return pattern
}

/** Choices between known alternatives ("use pnpm", "no semicolons"). A prohibition of one is no choice of another. */
export function choiceClaims(text: string, polarity: 1 | -1): { key: string; value: string }[] {
  const claims: { key: string; value: string }[] = []
  for (const { category, chosen, member } of patternsFor(text)) {
    if (!member.test(text)) continue
    let positive = false
    for (const match of text.matchAll(chosen)) {
      const before = text.slice(Math.max(0, match.index - 14), match.index)
      if (NEGATED.test(before)) continue
      positive = true
      claims.push({ key: category.includes(':') ? category : `choice:${category}`, value: match[1] ?? '' })
      break
    }
    if (!positive && polarity < 0)
      claims.push({
        key: `avoid:${(member.exec(text)?.[1] ?? '').toLowerCase()}`,
        value: member.exec(text)?.[1] ?? '',
      })
  }
  for (const [key, pattern] of Object.entries(TOGGLES)) {
    if (pattern.test(text))
      claims.push({ key, value: polarity < 0 || /\b(?:no|without|omit)\b/i.test(text) ? 'no' : 'yes' })
  }
  return claims
}

/** The attribute whose entries a claim also ends: choosing X ends "not X", forbidding X ends the choice of X. */
export function oppositeBase(base: string, value: string): { base: string; value: string | null } | null {
  if (base.startsWith('avoid:port:')) return { base: 'port', value }
  if (base.startsWith('avoid:')) {
    const found = patternsFor(value).find(
      (pattern) => pattern.member.exec(value)?.[0].toLowerCase() === value.toLowerCase(),
    )
    if (!found) return null
    return { base: found.category.includes(':') ? found.category : `choice:${found.category}`, value }
  }
  if (base === 'port') return { base: `avoid:port:${value}`, value: null }
  if (base.startsWith('choice:') || base.startsWith('style:')) return { base: `avoid:${value}`, value: null }
  return null
}
