import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { propertyRuns } from '../testing/property-runs.ts'
import { essentialCommand } from './essential-command.ts'

const essence = (line: string) => {
  const found = essentialCommand(line)
  return found && line.slice(found.start, found.end)
}

it.each([
  ['npm test', 'npm test'],
  [
    'cd packages/api && npm run check 2>&1 | grep -E "(error|warn)" | head -20',
    'cd packages/api && npm run check',
  ],
  ['FOO=1 cargo test --all > /dev/null', 'FOO=1 cargo test --all'],
  ['ls -la; make all && echo "done"', 'make all'],
  [
    'docker compose up -d && sleep 2 && curl -s localhost:3000/health',
    'docker compose up -d && sleep 2 && curl -s localhost:3000/health',
  ],
  ['./scripts/seed.sh --n 5', './scripts/seed.sh --n 5'],
  ['python manage.py migrate', 'python manage.py migrate'],
  ['echo "a && npm test"', null],
  ['git add -A && git commit -m "Run npm test; then push"', null],
  ["cd /w/src\n\n# Fix imports\nsed -i '' 's|a|b|' core/*.ts", null],
  ['grep -n "x\\|y" src/a.ts | head -20', null],
  ['rm old.ts 2>/dev/null; echo "done"', null],
  ['python -c "print(1)"', null],
  ["node - <<'END'\nconsole.log(1)\nEND", null],
  ['', null],
])('%s', (line, expected) => expect(essence(line)).toBe(expected))

it('is a stretch of the line without space around it, whatever the line is', () => {
  const word = fc.constantFrom(
    'npm',
    'test',
    'ls',
    '|',
    '&&',
    ';',
    '"',
    "'",
    '\\',
    '\n',
    'git',
    'cd',
    'a/b',
    '2>&1',
    '<',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const found = essence(words.join(' '))
      if (found !== null) expect(found.trim()).toBe(found)
      expect(found).not.toBe('')
    }),
    { numRuns: propertyRuns(process.env) },
  )
})
