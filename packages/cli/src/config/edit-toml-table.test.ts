import {
  array,
  type Arbitrary,
  assert,
  constantFrom,
  dictionary,
  integer,
  oneof,
  pre,
  property,
  string,
  stringMatching,
} from 'fast-check'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { addTomlTable, removeTomlTable, type TomlValue } from './edit-toml-table.ts'

const FILE = `# mine
model = "x" # keep this

[mcp.db] # the database
command = "db"

  [mcp.db.env]
  A = "b"

# about the next
[mcp.web]
url = "https://web.example/mcp"

# at the end
`

test('a table is added at the end and taken out again; every other byte stays', () => {
  const added = addTomlTable(
    FILE,
    'mcp',
    'new',
    { command: 'a"b\\c\u007F', args: ['x', 'ü\n'], env: { K: '${K}' } },
    parse,
  )
  expect(added).toBe(
    `${FILE}\n[mcp.new]\ncommand = "a\\"b\\\\c\\u007F"\nargs = ["x", "ü\\n"]\nenv = { K = "\${K}" }\n`,
  )
  const removed = removeTomlTable(FILE, 'mcp', 'db', parse)
  expect(removed).toBe(FILE.replace(/\[mcp\.db\] # the[\s\S]*?(?=# about)/u, ''))
})

test('line ends of the file are kept, an empty file begins', () => {
  expect(addTomlTable('a = 1\r\n', 'mcp', 'n', { command: 'c' }, parse)).toBe(
    'a = 1\r\n\r\n[mcp.n]\r\ncommand = "c"\r\n',
  )
  expect(addTomlTable('', 'mcp', 'n', { timeout: 5 }, parse)).toBe('[mcp.n]\ntimeout = 5\n')
})

test.each([
  ['mcp = { a = { command = "x" } }\n'],
  ['mcp.a.command = "x"\n'],
  ['[mcp]\na = { command = "x" }\n'],
  ['[mcp.a]\ncommand = "x"\n[mcp.b]\nnote = """\n[mcp.a]\n"""\n'],
])('what is written in another way is left alone: %j', (file) => {
  expect(removeTomlTable(file, 'mcp', 'a', parse)).toBeNull()
})

test('a table that cannot be added to is left alone', () => {
  expect(addTomlTable('mcp = { a = { command = "x" } }\n', 'mcp', 'b', { command: 'y' }, parse)).toBeNull()
  expect(addTomlTable('[mcp.b]\ncommand = "x"\n', 'mcp', 'b', { command: 'y' }, parse)).toBeNull()
})

test('whatever is added is what the file then says, and taking it out gives back what it said', () => {
  const word = string({ unit: 'grapheme', maxLength: 20 })
  const value: Arbitrary<TomlValue> = oneof(
    word,
    integer(),
    array(word),
    dictionary(stringMatching(/^[A-Z_]{1,8}$/u), word, { maxKeys: 3 }),
  )
  const entry = dictionary(constantFrom('command', 'args', 'env', 'url', 'odd key'), value, {
    minKeys: 1,
  })
  assert(
    property(stringMatching(/^[a-z][a-z0-9-]{0,9}$/u), entry, (name, given) => {
      pre(name !== 'db' && name !== 'web')
      const after = addTomlTable(FILE, 'mcp', name, given, parse)
      if (after === null) throw new Error('not added')
      expect(after.startsWith(FILE)).toBe(true)
      const removed = removeTomlTable(after, 'mcp', name, parse)
      expect(removed === null ? null : parse(removed)).toEqual(parse(FILE))
    }),
  )
})
