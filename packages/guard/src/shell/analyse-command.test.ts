import { assert, constantFrom, array, property, string } from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { analyseCommand } from './analyse-command.ts'
import { loadCrossCheck, type CrossCheck } from './cross-check.ts'

let both: CrossCheck
beforeAll(async () => {
  const loaded = await loadCrossCheck(() => performance.now())
  if (loaded === null) throw new Error('tree-sitter-bash does not load')
  both = loaded
})

/** Programs that a careful person might allow with any arguments. */
const harmless = new Set(
  'ls cat git echo grep rg find fd sed awk sort uniq diff tar man ssh tail head wc test [ printf env time xargs cut tee node npm'.split(
    ' ',
  ),
)
const allowed = (line: string): boolean => {
  const { certain, commands } = analyseCommand(line, both)
  return certain && commands.every((command) => harmless.has(command.argv[0] ?? ''))
}

const attacks: [number, string[]][] = [
  [1, ['ls; rm -rf x', 'ls;rm x', 'ls && rm x', 'ls || rm x', 'ls | rm x', 'ls |& rm x', 'ls & rm x']],
  [2, ['ls\nrm x', 'ls\n\n  rm x', 'ls # a\nrm x']],
  [
    3,
    [
      'echo $(rm x)',
      'echo `rm x`',
      'echo "$(rm x)"',
      'echo "a `rm x` b"',
      'cat "$(<key)"',
      'echo ${ rm x; }',
    ],
  ],
  [4, ['cat <(rm x)', 'ls >(rm x)', 'diff <(ls) <(rm x)']],
  [5, ['echo ${x@P}', 'echo "${x@P}"', 'echo ${PS1@P}']],
  [6, ['echo ${x:=`id`}', 'echo "${x:-$(id)}"', 'echo ${x/$(id)/}']],
  [
    7,
    [
      "[ -v 'a[$(id)]' ]",
      "test -v 'a[$(id)]'",
      "[[ -v 'a[$(id)]' ]]",
      "let 'a[$(id)]'",
      '(( a[$(id)] ))',
      "printf -v 'a[$(id)]' x",
      "declare 'a[$(id)]=1'",
      "unset 'a[$(id)]'",
      "read 'a[$(id)]'",
    ],
  ],
  [8, ['echo $((a[$(id)]))', 'echo $[a[$(id)]]', 'echo ${a[$(id)]}']],
  [9, ['r""m x', '\\rm x', 'r\\\nm x', "'rm' x", '"rm" x', "$'rm' x", "l''s", 'ls \\\n; rm x']],
  [10, ['{rm,x}', '{ls,-la}', 'echo {a,$(id)}']],
  [11, ['LD_PRELOAD=x ls', 'PATH=. ls', 'GIT_PAGER=x git log', 'A=1']],
  [
    12,
    [
      'export PAGER=x',
      'declare -x PAGER=x',
      'typeset PAGER=x',
      'readonly PATH',
      'export GIT_SSH_COMMAND=x; git log',
    ],
  ],
  [
    13,
    [
      'env rm x',
      'command rm x',
      'exec rm x',
      'time rm x',
      '! rm x',
      'coproc rm x',
      'xargs rm',
      'nohup rm x',
      'busybox rm x',
      'ls | xargs rm',
      'timeout 5 rm x',
      'nice rm x',
      'sudo ls',
      '/usr/bin/env rm x',
    ],
  ],
  [14, ["trap 'rm x' EXIT", "trap 'rm x' DEBUG; ls"]],
  [
    15,
    [
      "eval 'rm x'",
      "bash -c 'rm x'",
      "bash <<< 'rm x'",
      "sh -c 'rm x'",
      'bash <<E\nrm x\nE',
      '. ./x',
      'source x',
      'cat x | sh',
      "python3 -c 'x'",
      "node -e 'x'",
    ],
  ],
  [
    16,
    [
      'echo x > f',
      'echo x >| f',
      'ls >&f',
      'ls &> f',
      'echo x >> ~/.bashrc',
      'cat <> /dev/tcp/a/1',
      'ls 2> f',
      'ls 3> f',
      'ls {fd}> f',
      'cat < /dev/tcp/a/1',
      'ls &>> f',
    ],
  ],
  [
    17,
    [
      'ls\rrm x',
      'ls\u00a0x',
      'ls \u2028rm x',
      'ls \u202erm',
      'ls \u{e0041}',
      'ls \u0000',
      'ls \u200bx',
      'ls \u2066x',
      'ls \u001b[2K',
    ],
  ],
  [
    18,
    [
      Array.from({ length: 21 }, () => 'ls').join(';'),
      `echo ${'a'.repeat(9_000)}`,
      `${'('.repeat(300)}ls${')'.repeat(300)}`,
      '$('.repeat(5_000),
      '`"$( '.repeat(500),
      'cat <<A\n'.repeat(900),
    ],
  ],
  [
    19,
    [
      'git -c core.pager=x log',
      'git -c core.fsmonitor=x status',
      'git --exec-path=x log',
      'git -C / log',
      'git --git-dir=x log',
      'git -p log',
      'git log --ext-diff',
      'git log --output=x',
    ],
  ],
  [20, ['git branch x', 'git branch -D x', 'git tag x', 'git remote add x y', 'git config x y', 'git stash']],
  [
    21,
    [
      'find . -exec rm {} +',
      'find . -execdir rm x',
      'find . -ok rm x',
      'find . -delete',
      'find . -fprint x',
      'find . -fls x',
    ],
  ],
  [22, ['rg --pre rm x', 'rg --pre=rm x', 'rg --hostname-bin rm x', 'rg -z x', 'rg -nz x']],
  [
    23,
    ["sed 's/a/b/e' f", "sed 'w out' f", 'sed -i s/a/b/ f', "sed '1e id' f", 'sed -f x f', 'sed -n -i p f'],
  ],
  [
    24,
    [
      'sort -o f f',
      'sort --compress-program=rm f',
      'uniq a b',
      'diff a --to-file=b',
      'tar xf a --to-command=rm',
      'man -P rm ls',
      'ssh -oProxyCommand=rm h',
      "awk 'BEGIN{system(1)}'",
      'tar -cf a --checkpoint-action=exec=rm b',
      'tar -I rm -xf a',
    ],
  ],
  [
    25,
    [
      'cat ../../etc/passwd',
      'cat ~/.ssh/id_rsa',
      'cat ~',
      'cat /proc/self/environ',
      'cat .env',
      'cat src/../.env',
      "cat '.en'v",
      'cat --file=/etc/passwd',
      'ls a=~',
      'cat src/.env.local',
      'cat .git/config',
    ],
  ],
  [26, ['tail -f /dev/zero', 'cat /dev/zero', 'tail -F log']],
  [
    27,
    [
      'ls &',
      'setsid ls',
      'nohup ls &',
      '(ls)',
      '{ ls; }',
      'if ls; then ls; fi',
      'for i in a; do ls; done',
      'f() { ls; }; f',
      'case a in a) ls;; esac',
      'while ls; do ls; done',
      'cat src/*.ts',
      '*',
      '?s',
      'ls $HOME',
      'ls "$HOME"',
      'cat ?',
      'cat [ab]',
    ],
  ],
]

describe.each(attacks)('case %i', (_, lines) => {
  test.each(lines.map((line) => [line.length > 60 ? `${line.slice(0, 40)}…` : line, line]))(
    '%s',
    (_name, line) => {
      expect(allowed(line)).toBe(false)
    },
  )
})

test('characters that hide what a line is are told apart from those that are only unusual', () => {
  expect(analyseCommand('ls \u202ex').disguised).toBe(true)
  expect(analyseCommand('ls \r').disguised).toBe(true)
  expect(analyseCommand("git commit -m 'naïve 日本 👩‍💻 ✔️'").disguised).toBe(false)
})

test.each([
  ['git status', [['git', 'status']]],
  [
    'ls -la src && npm test',
    [
      ['ls', '-la', 'src'],
      ['npm', 'test'],
    ],
  ],
  [
    `echo "a b" 'c d' x"y"z 2>&1 | head -5`,
    [
      ['echo', 'a b', 'c d', 'xyz'],
      ['head', '-5'],
    ],
  ],
  [
    'cat a\ncat b',
    [
      ['cat', 'a'],
      ['cat', 'b'],
    ],
  ],
  ['grep -rn "foo(bar" src', [['grep', '-rn', 'foo(bar', 'src']]],
  ['git log --oneline -5 2>/dev/null', [['git', 'log', '--oneline', '-5']]],
  [
    'cut -d, -f1 x | sort -u | wc -l',
    [
      ['cut', '-d,', '-f1', 'x'],
      ['sort', '-u'],
      ['wc', '-l'],
    ],
  ],
])('is certain of %s', (line, argvs) => {
  const { certain, commands, doubts } = analyseCommand(line, both)
  expect(doubts).toEqual([])
  expect(certain).toBe(true)
  expect(commands.map((command) => command.argv)).toEqual(argvs)
})

test('gives redirects and assignments of what it is not certain of', () => {
  const [command] = analyseCommand('A=1 B=$x sort <in 2>>out "$y"').commands
  expect(command).toMatchObject({
    argv: ['sort', null],
    assignments: [
      { name: 'A', value: '1' },
      { name: 'B', value: null },
    ],
    redirects: [
      { operator: '<', target: 'in' },
      { operator: '>>', fd: 2, target: 'out' },
    ],
  })
})

test('never throws, and is never certain of what it cannot read', () => {
  const piece = constantFrom(
    '$(',
    ')',
    '`',
    '"',
    "'",
    '{',
    '}',
    '<<E\n',
    'E\n',
    '((',
    '))',
    '[[',
    ']]',
    '\\',
    '|',
    '&',
    ';',
    'ls',
    ' ',
    '\n',
    '${',
    '#',
  )
  assert(
    property(array(piece, { maxLength: 40 }), string(), (pieces, tail) => {
      const { certain, commands } = analyseCommand(pieces.join('') + tail, both)
      expect(!certain || commands.length > 0).toBe(true)
    }),
    { numRuns: 300 },
  )
})
