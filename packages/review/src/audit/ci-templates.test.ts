import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { auditFiles } from './audit.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../../../examples/ci')
const text = (name: string) => readFileSync(join(EXAMPLES, name), 'utf8')

interface Step {
  id?: string
  uses?: string
}
interface Job {
  permissions: Record<string, string>
  steps: Step[]
}
const github = parse(text('github-action.yml')) as {
  on: object
  permissions: object
  jobs: { work: Job; propose: Job }
}
const gitlab = parse(text('gitlab-ci.yml')) as { cairn: { rules: { if: string }[] } }
const { work, propose } = github.jobs

/** Commits that were looked at, by tag. */
const PINS: Record<string, string> = {
  'actions/checkout': '11bd71901bbe5b1630ceea73d27597364c9af683',
  'actions/setup-node': '49933ea5288caeca8642d1e84afbd3f7d6820020',
  'actions/upload-artifact': 'ea165f8d65b6e75b540449e92b4886f43607fa02',
}

test('actions are pinned, and each job has the least it needs', () => {
  for (const { uses } of [...work.steps, ...propose.steps]) {
    if (uses === undefined) continue
    const [action = '', commit] = uses.split('@')
    expect(commit, uses).toBe(PINS[action])
  }
  expect([github.permissions, work.permissions]).toEqual([{}, { contents: 'read' }])
  expect(propose.permissions).toEqual({ actions: 'read', contents: 'write', 'pull-requests': 'write' })
  expect(Object.keys(github.on)).toEqual(['workflow_dispatch'])
  // Keys are where the model is asked, and nowhere else; the job that writes runs nothing of the project.
  const withSecrets = work.steps.filter((step) => JSON.stringify(step).includes('secrets.'))
  expect(withSecrets.map(({ id }) => id)).toEqual(['run'])
  expect(JSON.stringify(propose)).not.toMatch(/secrets\.|npm|CAIRN/)
  for (const { uses, ...step } of [...work.steps, ...propose.steps])
    if (uses?.startsWith('actions/checkout') === true)
      expect(step).toMatchObject({ with: { 'persist-credentials': false } })
  expect(gitlab.cairn.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "web" && $TASK != ""' }])
})

test('the audit of cairn has nothing against them', async () => {
  const files = [
    { path: '.github/workflows/cairn.yml', text: text('github-action.yml') },
    { path: '.gitlab-ci.yml', text: text('gitlab-ci.yml') },
  ]
  const { findings, unparsed } = await auditFiles(files, { today: '2026-01-01' })
  expect([findings, unparsed]).toEqual([[], []])
  // It would have: a word of an event in a script, and a tag in place of a commit.
  const bad = text('github-action.yml')
    .replace('"$TASK" |', '"${{ github.event.issue.title }}" |')
    .replace(/@11bd\w+/u, '@v4')
  const found = await auditFiles([{ path: '.github/workflows/cairn.yml', text: bad }], {
    today: '2026-01-01',
  })
  expect(found.findings.length).toBeGreaterThanOrEqual(2)
})
