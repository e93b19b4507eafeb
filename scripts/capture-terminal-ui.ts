/** Makes the pictures and texts of docs/terminal-ui from the real command: node scripts/capture-terminal-ui.ts */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { call, cliRig, exec, pause } from '../packages/cli/src/e2e/testing/cli-rig.ts'
import { KEY, tuiRig, type TuiRig } from '../packages/cli/src/tui/testing/tui-rig.ts'

const out = resolve(import.meta.dirname, '../docs/terminal-ui')
mkdirSync(out, { recursive: true })
const FILES = {
  'src/server.js':
    "const port = 3000\n\nrequire('http')\n  .createServer((_, answer) => answer.end('hello'))\n  .listen(port)\n",
  'README.md': '# hello\n\nListens on port 3000.\n',
}
await using cli = await cliRig(
  [
    {
      text: 'I look at where the port is set.',
      calls: [
        call('search', { pattern: '3000' }),
        call('plan', {
          items: [
            { text: 'read the port from PORT', status: 'active' },
            { text: 'say so in the README', status: 'pending' },
          ],
        }),
      ],
    },
    {
      calls: [
        call('edit', {
          path: 'src/server.js',
          old: 'const port = 3000',
          new: 'const port = Number(process.env.PORT ?? 3000)',
        }),
        call('edit', {
          path: 'README.md',
          old: 'Listens on port 3000.',
          new: 'Listens on the port in PORT, else on 3000.',
        }),
      ],
    },
    { calls: [exec('git reset --hard origin/main')] },
    {
      text: 'The server takes its port from `PORT` now:\n\n- `src/server.js` reads it, with 3000 as before where it is not set\n- the README says so\n\nI did **not** reset the branch: you denied it.',
    },
  ],
  FILES,
)
const git = (...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=you', '-c', 'user.email=you@example.org', ...words], { cwd: cli.cwd })
git('init', '-q')
git('add', '.')
git('commit', '-qm', 'first')

const made: string[] = []
/** Folders and times of this run say nothing to a reader. */
const calm = (text: string) =>
  text.replaceAll(cli.cwd, '~/hello').replace(/\/tmp\/cairn-e2e-\w+(?:\/\w*…?)?/gu, '~')
async function take(rig: TuiRig, name: string, title: string): Promise<void> {
  await pause(300)
  writeFileSync(join(out, `${name}.svg`), calm(rig.svg(title)))
  writeFileSync(join(out, `${name}.txt`), `${calm(rig.screen())}\n`)
  made.push(name)
}

{
  await using rig = await tuiRig([{ text: '' }], { cli })
  await rig.until('Ask for a change')
  await take(rig, '1-open', 'cairn is open')
  await rig.send('read the port from the environment')
  await rig.until('Allow exec?')
  await take(rig, '2-approve', 'A question before something is thrown away')
  await pause(600)
  rig.type(KEY.enter)
  await rig.until('✔ answered')
  await take(rig, '3-done', 'The answer')
  await rig.send('/context')
  await rig.until('Esc closes')
  await take(rig, '4-context', 'What fills the window')
  rig.type(KEY.esc)
  await pause(200)
  await rig.send('/undo')
  await rig.until('undone:')
  await take(rig, '5-undo', 'The turn is taken back')
  rig.type(KEY.ctrlD)
  await rig.exit
}
{
  await using rig = await tuiRig([{ text: '' }], { cli, words: ['--last'] })
  await rig.until('undo: the session goes on')
  await rig.send('/redo')
  await rig.until('done again')
  await rig.send('/export session.jsonl')
  await pause(600)
  await take(rig, '6-resume', 'The session goes on: redo, and export')
  rig.type(KEY.ctrlD)
  await rig.exit
}
console.log(`${made.length} captures in docs/terminal-ui`)
