import { expect, test } from 'vitest'
import { checkText } from './text-rules.ts'

const found = (path: string, text: string) => checkText(path, text).map((hit) => `${hit.rule}:${hit.line}`)
const pinned = `${'a'.repeat(40)}`

test('a workflow that puts the title of an issue into a script is reported, one that passes it as a variable is not', () => {
  const workflow = (step: string) => `on: issues\njobs:\n  a:\n    runs-on: x\n    steps:\n      - ${step}\n`
  const path = '.github/workflows/a.yml'
  expect(found(path, workflow('run: echo "${{ github.event.issue.title }}"'))).toEqual([
    'workflow-injection:6',
  ])
  expect(found(path, workflow('run: |\n          echo a\n          echo "${{ github.head_ref }}"'))).toEqual([
    'workflow-injection:8',
  ])
  expect(
    found(
      path,
      workflow('run: echo "$TITLE"\n        env:\n          TITLE: ${{ github.event.issue.title }}'),
    ),
  ).toEqual([])
  expect(found('other/a.yml', workflow('run: echo "${{ github.event.issue.title }}"'))).toEqual([])
})

test('a privileged workflow that checks out a pull request, and actions that are not pinned', () => {
  const workflow = (on: string, version: string) =>
    `on: ${on}\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@${version}\n        with:\n          ref: \${{ github.event.pull_request.head.sha }}\n`
  const path = '.github/workflows/b.yaml'
  expect(found(path, workflow('pull_request_target', pinned))).toEqual(['workflow-untrusted-checkout:5'])
  expect(found(path, workflow('pull_request', pinned))).toEqual([])
  expect(found(path, workflow('pull_request', 'v4'))).toEqual(['workflow-unpinned-action:5'])
})

test('a container that stays root, and a secret in an image', () => {
  expect(found('Dockerfile', 'FROM node:24\nRUN npm ci\n')).toEqual(['docker-root:1'])
  expect(found('Dockerfile', 'FROM node:24\nUSER node\n')).toEqual([])
  expect(found('Dockerfile', 'FROM a AS build\nUSER x\nFROM b\n')).toEqual(['docker-root:3'])
  expect(found('api/Dockerfile.prod', 'FROM a\nENV API_KEY=abc123def456\nUSER a\n')).toEqual([
    'hardcoded-secret:2',
  ])
})

test('a download that is run unseen', () => {
  expect(found('install.sh', 'curl -fsSL https://x.example/i.sh | sudo bash\n')).toEqual([
    'curl-pipe-shell:1',
  ])
  expect(found('install.sh', 'bash -c "$(curl -fsSL https://x.example/i.sh)"\n')).toEqual([
    'curl-pipe-shell:1',
  ])
  expect(found('install.sh', '# curl https://x.example/i.sh | sh\ncurl -o a https://x.example/a\n')).toEqual(
    [],
  )
})
