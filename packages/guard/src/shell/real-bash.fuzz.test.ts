import {
  assert,
  array,
  asyncProperty,
  constantFrom,
  integer,
  letrec,
  oneof,
  tuple,
  type Arbitrary,
} from 'fast-check'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { analyseCommand } from './analyse-command.ts'
import { loadCrossCheck } from './cross-check.ts'

const runs = Number(process.env['CAIRN_FUZZ_RUNS'] ?? 400)
const batch = 50

/** Scripts out of marker commands m0…m9, which no program has for its name, in every construct that could hide one. */
const { script } = letrec<{ script: string; command: string; word: string }>((tie) => {
  const marker = integer({ min: 0, max: 9 }).map((n) => `m${n}`)
  const sub = tie('script') as Arbitrary<string>
  const word: Arbitrary<string> = oneof(
    {
      weight: 8,
      arbitrary: constantFrom(
        'a',
        '-x',
        'b.c',
        "'q w'",
        '"d q"',
        'x"y"z',
        "''",
        'k=v',
        'a,b',
        '-d,',
        '1',
        '"a;m1"',
        "'$(m2)'",
        '#h',
        'a#b',
        '@',
        '%',
      ),
    },
    { weight: 1, arbitrary: sub.map((inner) => `$(${inner})`) },
    { weight: 1, arbitrary: sub.map((inner) => `"a $(${inner}) b"`) },
    { weight: 1, arbitrary: marker.map((name) => `\`${name}\``) },
    { weight: 1, arbitrary: marker.map((name) => `<(${name})`) },
    { weight: 1, arbitrary: marker.map((name) => `\${x:-$(${name})}`) },
    { weight: 1, arbitrary: marker.map((name) => `$((1+$(${name}; echo 1)))`) },
    {
      weight: 2,
      arbitrary: constantFrom(
        '$x',
        '"$x"',
        '*',
        '{a,b}',
        '~',
        '\\;',
        '\\\n',
        "$'a\\'b'",
        '"\\"',
        '$"l"',
        '!',
        '"a\\$(m3)"',
        '(',
        '<<<w',
        '$$',
        '${#x}',
        '[a]',
        '\\\\',
        '-',
        '--',
      ),
    },
  )
  const simple = tuple(marker, array(word, { maxLength: 3 })).map(([name, words]) =>
    [name, ...words].join(' '),
  )
  const command: Arbitrary<string> = oneof(
    { weight: 10, arbitrary: simple },
    {
      weight: 2,
      arbitrary: tuple(
        simple,
        constantFrom('>/dev/null', '2>&1', '</dev/null', '2>/dev/null', '>&2', '<<<x', '>f', '&>/dev/null'),
      ).map((parts) => parts.join(' ')),
    },
    {
      weight: 1,
      arbitrary: tuple(
        constantFrom(
          '!',
          'time',
          'A=1',
          'command',
          'eval',
          'exec',
          'builtin eval',
          "trap 'm9' EXIT;",
          'coproc',
          'env',
          'then',
          'A=$(m8)',
          'if',
          'function',
        ),
        simple,
      ).map((parts) => parts.join(' ')),
    },
    { weight: 1, arbitrary: sub.map((inner) => `(${inner})`) },
    { weight: 1, arbitrary: sub.map((inner) => `{ ${inner}; }`) },
    { weight: 1, arbitrary: sub.map((inner) => `if ${inner}; then ${inner}; fi`) },
    { weight: 1, arbitrary: sub.map((inner) => `for i in 1 2; do ${inner}; done`) },
    { weight: 1, arbitrary: sub.map((inner) => `f() { ${inner}; }; f`) },
    { weight: 1, arbitrary: tuple(simple, sub).map(([first, inner]) => `${first} <<E\n$(${inner})\nE\n`) },
    {
      weight: 1,
      arbitrary: tuple(simple, simple).map(([first, second]) => `${first} <<'E'\n${second}\nE\n${second}`),
    },
    {
      weight: 1,
      arbitrary: tuple(simple, simple).map(([first, second]) => `${first} # ${second}\n${second}`),
    },
  )
  const joiner = constantFrom(
    ';',
    ' ; ',
    '\n',
    ' && ',
    ' || ',
    ' | ',
    '|',
    '&&',
    ' & ',
    '|&',
    '\n\n',
    ' |\n',
    ';;',
    ' ',
  )
  return {
    word,
    command,
    script: oneof(
      { depthSize: 'small', withCrossShrink: true },
      command,
      tuple(command, joiner, command).map((parts) => parts.join('')),
      tuple(command, joiner, command, joiner, command).map((parts) => parts.join('')),
    ),
  }
})

const execute = promisify(execFile)

/** Runs scripts in one bash each, and gives for each the commands that it tried, as argument lists. */
async function execution(scripts: readonly string[]): Promise<string[][][]> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-fuzz-'))
  try {
    for (const [index, text] of scripts.entries()) writeFileSync(join(folder, `s${index}`), text)
    writeFileSync(
      join(folder, 'env'),
      'command_not_found_handle() { local s; printf -v s "%s\\037" "$@"; printf "%s\\036" "$s" >> "$MARKS"; }\n',
    )
    const driver = `cd "$1" && mkdir w && for i in $(seq 0 ${scripts.length - 1}); do (cd w; MARKS="$1/m$i" BASH_ENV="$1/env" PATH=/nowhere "$BASH" -c "$(<"$1/s$i")" </dev/null >/dev/null 2>&1); done`
    await execute('/bin/bash', ['-c', driver, 'bash', folder], {
      env: { PATH: '/usr/bin:/bin' },
      timeout: 60_000,
    })
    return scripts.map((_, index) => {
      try {
        const text = readFileSync(join(folder, `m${index}`), 'utf8')
        return text
          .split('\u001e')
          .slice(0, -1)
          .map((line) => line.split('\u001f').slice(0, -1))
      } catch {
        return []
      }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test(
  'bash runs nothing that a certain analysis does not list',
  async () => {
    const both = await loadCrossCheck(() => performance.now())
    let certain = 0
    let executed = 0
    await assert(
      asyncProperty(array(script, { minLength: batch, maxLength: batch }), async (scripts) => {
        const analyses = scripts.map((text) => analyseCommand(text, both))
        const sure = scripts
          .map((text, index) => ({ text, analysis: analyses[index] }))
          .filter(({ analysis }) => analysis?.certain === true)
        certain += sure.length
        const ran = await execution(sure.map(({ text }) => text))
        for (const [index, { text, analysis }] of sure.entries()) {
          const listed = new Set(analysis?.commands.map((command) => JSON.stringify(command.argv)))
          for (const argv of ran[index] ?? []) {
            executed += 1
            expect(listed, text).toContain(JSON.stringify(argv))
          }
        }
      }),
      { numRuns: Math.ceil(runs / batch) },
    )
    expect(certain).toBeGreaterThan(runs / 20)
    expect(executed).toBeGreaterThan(runs / 20)
  },
  Math.max(120_000, runs * 20),
)
