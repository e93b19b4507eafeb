import { array, assert, constantFrom, integer, oneof, property, string, uint8Array } from 'fast-check'
import { randomBytes } from 'node:crypto'
import { describe, expect, it, test } from 'vitest'
import { createRedactor } from './redactor.ts'

const salt = Buffer.from('salt of the test')
const make = (...registered: string[]) => createRedactor({ registered, env: {}, salt })
const random = (alphabet: string, length: number): string =>
  Array.from({ length }, (_, at) => alphabet[(at * 7 + at * at * 3) % alphabet.length]).join('')
const alnum = 'aB3dE5fG7hJ9kLmNpQrStUvWxYz2468'
const key = 'Zq8-v2RkT5.wX9_mB3nL7pC1'

describe('registered values', () => {
  const redactor = make(key)
  const forms = {
    plain: key,
    reversed: [...key].reverse().join(''),
    base64: Buffer.from(key).toString('base64'),
    'base64 in the middle': Buffer.from(`user:${key}:more`).toString('base64'),
    'base64 one further': Buffer.from(`users:${key}:more`).toString('base64'),
    'base64 two further': Buffer.from(`users2:${key}:more`).toString('base64'),
    base64url: Buffer.from(`??>>${key}??>>`).toString('base64url'),
    hex: Buffer.from(key).toString('hex'),
    'upper hex': Buffer.from(key).toString('hex').toUpperCase(),
    'wrapped by a terminal': `${key.slice(0, 2)}\r\n${key.slice(2, 14)}\n${key.slice(14)}`,
    'wrapped hex': `${Buffer.from(key).toString('hex').slice(0, 11)}\n${Buffer.from(key).toString('hex').slice(11)}`,
  }
  test.each(Object.entries(forms))('%s', (_, form) => {
    const { text, found } = redactor.redact(`before ${form} behind`)
    expect(text).toMatch(/^before .{0,12}\[secret:registered:[0-9a-f]{8}\].{0,12} behind$/u)
    expect(found).toEqual([{ kind: 'registered', hash: redactor.redact(key).found[0]?.hash }])
  })
  it('are found percent-encoded, JSON-escaped and in any place', () => {
    const odd = 'p@ss/w"rd\\1 é%'
    const found = make(odd)
    for (const form of [
      odd,
      encodeURIComponent(odd),
      encodeURIComponent(odd).toLowerCase(),
      JSON.stringify(odd),
    ])
      expect(found.redact(`x${form}x`).found).toHaveLength(1)
  })
  it('are the only thing that is replaced in the words of people', () => {
    const token = `ghp_${random(alnum, 36)}`
    expect(redactor.redactRegistered(`${token} ${key}`).text).toMatch(
      new RegExp(`^${token} \\[secret:registered:`, 'u'),
    )
    expect(redactor.redact(token).found[0]?.kind).toBe('github')
  })
  it('come from variables whose names look secret', () => {
    const env = {
      MY_API_KEY: 'value-number-1',
      DB_PASSWORD: 'value-number-2',
      DATABASE_URL: 'postgres://me:value-number-3@db/x',
      PATH: '/usr/bin:/bin:/value',
      EDITOR: 'value-number-4',
      SSH_AUTH_SOCK: '/tmp/ssh-XXXX/agent',
      AUTH_TOKEN: 'short',
      SOME_KEY: '/home/me/file',
    }
    const found = createRedactor({ registered: [], env, salt })
    const kinds = (text: string) => found.redact(text).found.length
    expect([1, 2, 3, 4].map((n) => kinds(`a value-number-${n} b`))).toEqual([1, 1, 1, 0])
    expect(kinds('/usr/bin:/bin:/value short /home/me/file /tmp/ssh-XXXX/agent')).toBe(0)
  })
  it('differ in their hashes between sessions', () => {
    const other = createRedactor({ registered: [key], env: {}, salt: Buffer.from('another') })
    expect(other.redact(key).text).not.toBe(redactor.redact(key).text)
  })
})

const pem = (body: string) => `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`
const jwt = [
  { alg: 'HS256', typ: 'JWT' },
  { sub: '1234567890', name: 'a' },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat(random(alnum, 43))
  .join('.')

const secrets: [string, string, string][] = [
  ['aws', `AKIA${random('ABCDEFGHJKLMNPQRSTUVWXYZ234567', 16)}`, ''],
  ['github', `ghp_${random(alnum, 36)}`, ''],
  ['github', `github_pat_${random(alnum, 82)}`, ''],
  ['gitlab', `glpat-${random(alnum, 20)}`, ''],
  ['slack', `xoxb-123456789012-${random(alnum, 24)}`, ''],
  ['slack', `https://hooks.slack.com/services/T0000AAAA/B0000BBBB/${random(alnum, 24)}`, ''],
  ['stripe', `sk_live_${random(alnum, 24)}`, ''],
  ['google', `AIza${random(alnum, 35)}`, ''],
  ['anthropic', `sk-ant-api03-${random(alnum, 80)}`, ''],
  ['openai', `sk-proj-${random(alnum, 60)}`, ''],
  ['openai', `sk-${random(alnum, 48)}`, ''],
  ['npm', `npm_${random(alnum, 36)}`, ''],
  ['pypi', `pypi-AgEIcHlwaS5vcmc${random(alnum, 60)}`, ''],
  ['jwt', jwt, ''],
  ['private-key', pem(Array.from({ length: 6 }, () => random(alnum, 64)).join('\n')), ''],
  [
    'private-key',
    pem(Array.from({ length: 6 }, () => random(alnum, 64)).join('\\n')).replaceAll('\n', '\\n'),
    '',
  ],
  ['private-key', pem(random(alnum, 64)).slice(0, 80), ''],
  ['password', 'kT9vQ2xW', 'postgres://app:#@db.internal:5432/app'],
  ['password', 'kT9vQ2xW', 'redis://:#@cache'],
  ['password', 'Hunter2-Hunter2', 'DB_PASSWORD="#"'],
  ['password', 'Hunter2-Hunter2x', 'DB_PASSWORD=#'],
  ['assignment', random(alnum, 32), 'api_key = "#"'],
  ['assignment', random(alnum, 32), 'apiKey: "#",'],
  ['assignment', random(alnum, 40), 'aws_secret_access_key = #'],
  ['assignment', random(alnum, 32), '{"client_secret":"#"}'],
  ['assignment', random(alnum, 32), String.raw`{\"auth_token\":\"#\"}`],
  ['bearer', random(alnum, 40), 'Authorization: Bearer #'],
]

test.each(secrets)('finds %s: %s', (kind, secret, place) => {
  const line = `x: ${place === '' ? secret : place.replace('#', secret)}\ny`
  const { text, found } = make().redact(line)
  expect(found.map((each) => each.kind)).toEqual([kind])
  expect(text).toBe(line.replace(secret, `[secret:${kind}:${found[0]?.hash}]`))
  expect(make().redact(text).text).toBe(text)
})

const benign = [
  'commit 4630b8025886f5a7589c0b431070c9c4cfa5cfdd',
  'id 550e8400-e29b-41d4-a716-446655440000',
  '"integrity": "sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg==",',
  '"node_modules/js-tokens": { "version": "4.0.0", "resolved": "https://registry.example/js-tokens/-/js-tokens-4.0.0.tgz" }',
  '"js-tokens": "^3.0.0 || ^4.0.0 || ^5.0.0",',
  'const token = request.headers.authorization',
  'const token = await nextToken2(stream)',
  'password = getPassword(user1)',
  'password: string',
  'export const API_KEY = process.env.API_KEY2',
  'api_key = "your_api_key_here_1"',
  'API_KEY=${API_KEY_V2}',
  'token: ${{ secrets.GITHUB_TOKEN_2024 }}',
  'http://localhost:3000/path@2x.png https://user@host/x',
  'postgres://user:password@localhost/db postgres://app:${PASSWORD}@db/x',
  'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'aws_access_key_id = AKIAIOSFODNN7EXAMPLE',
  `data:image/png;base64,${randomBytes(6_000).toString('base64')}`,
  `//# sourceMappingURL=data:application/json;base64,${Buffer.from('{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA,SAAS,IAAI,CAAC,CAAS"}').toString('base64')}`,
  '"mappings": "AAAA,SAASA,KAAKC,EAAUC,GACtB,OAAOD,EAAIC,CACb,CAEA,MAAMC,EAAQ,IAAIC"',
  'if (text.includes("-----BEGIN PRIVATE KEY-----")) return',
  '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ0h5bXlDZXJ0aWZpY2F0ZUF1dGhvcml0eTAKBggqhkjO\n-----END CERTIFICATE-----',
  'key: "ArrowDown", key = "2024-01-01T00:00:00Z", cacheKey: "v2-linux-node24"',
  'tokenizer: "cl100k_base", tokens: 12345678, max_tokens = 4096',
  'secretName: my-service-tls-2024',
  'tokenUrl: "auth.example1/v2/oauth9", password_policy = "strong-2024-rules"',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx8mYk2JX8vGZ9uTq4r4sQ2 me@host',
  `sha256:${'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'}`,
  'Basic usage1 of the authentication module 2',
]

test.each(benign)('leaves alone: %s', (line) => {
  const redactor = make(key)
  expect(redactor.redact(line)).toEqual({ text: line, found: [] })
})

const pieces = oneof(
  constantFrom(...secrets.map(([, secret, place]) => (place === '' ? secret : place.replace('#', secret)))),
  constantFrom(
    key,
    Buffer.from(key).toString('hex'),
    ' ',
    '\n',
    '"',
    '=',
    'password: ',
    'key',
    '://',
    'eyJ',
    '-----BEGIN ',
  ),
  string({ maxLength: 40 }),
)

test('a stream gives what the whole text gives, wherever it is cut, and never a part of a registered value', () => {
  const redactor = make(key)
  assert(
    property(
      array(pieces, { maxLength: 12 }),
      array(integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
      (parts, sizes) => {
        const text = parts.join('').toWellFormed()
        const bytes = Buffer.from(text)
        const stream = redactor.createStream()
        const out: Uint8Array[] = []
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = sizes[n % sizes.length] ?? 1
          out.push(stream.push(bytes.subarray(at, at + size)))
          at += size
        }
        out.push(stream.end())
        expect(Buffer.concat(out).toString()).toBe(redactor.redact(text).text)
      },
    ),
    { numRuns: 500 },
  )
})

test('giving back early shows prompts and keeps what has begun', () => {
  const stream = make(key).createStream()
  const show = (text: string) =>
    Buffer.from(stream.push(Buffer.from(text))).toString() + Buffer.from(stream.flush()).toString()
  expect(show('Password: ')).toBe('Password: ')
  expect(show('Continue? (y/n)')).toBe('Continue? (y/n)')
  expect(show(` and ${key.slice(0, 10)}`)).toBe(' and ')
  expect(show(`${key.slice(10)} then`)).toMatch(/^\[secret:registered:\w{8}\] then$/u)
})

test('what is not text goes through unchanged', () => {
  assert(
    property(uint8Array({ maxLength: 300 }), (bytes) => {
      const stream = make(key).createStream()
      expect(Buffer.concat([stream.push(bytes), stream.end()])).toEqual(Buffer.from(bytes))
    }),
  )
})

// Quadratic walks take minutes at these sizes, and the limit of the runner ends them.
test.each([
  'eyJ',
  'eyJ.',
  'key="',
  'password=',
  '://a:',
  '-----BEGIN RSA PRIVATE KEY-----',
  'sk-',
  'bearer ',
  'AKIA',
  'x',
  `${key.slice(0, 20)}`,
  '"',
])('is linear on %s without end', (piece) => {
  const text = piece.repeat(Math.ceil(2_000_000 / piece.length))
  const stream = make(key).createStream()
  let size = 0
  for (let at = 0; at < text.length; at += 65_536)
    size += stream.push(Buffer.from(text.slice(at, at + 65_536))).length
  size += stream.end().length
  expect(size).toBeGreaterThan(0)
  expect(make(key).redact(text).text.length).toBeGreaterThan(0)
})
