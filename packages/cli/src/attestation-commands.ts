import type { CommandSpec } from './command.ts'
import { MODEL_REFERENCE } from './model-options.ts'

/** Commands that make a commit, and those about statements of how it came to be. */
export const ATTESTATION_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'commit',
    summary: 'commit what a session changed, with its evidence',
    usage: 'cairn commit [ID] [--all | --staged] [--message TEXT] [options]',
    options: {
      all: { type: 'boolean', help: 'Everything that differs from HEAD, not only what the session changed.' },
      staged: { type: 'boolean', help: 'What is staged, as it is.' },
      message: {
        type: 'string',
        short: 'm',
        value: 'TEXT',
        help: 'Subject, and more behind an empty line; default: from the request.',
      },
      draft: {
        type: 'boolean',
        help: 'Let the model word the subject; the rest of the message is never its.',
      },
      ...MODEL_REFERENCE,
      hooks: {
        type: 'boolean',
        help: 'Let git run your hooks, outside of the sandbox. Setting: commit_hooks.',
      },
      'no-hooks': { type: 'boolean', help: 'Commit without the hooks that are there.' },
      'dry-run': { type: 'boolean', help: 'Only show the message and the files.' },
      yes: { type: 'boolean', help: 'Also with a check that is red or stale, or with what looks secret.' },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [0, 1],
    examples: [
      'cairn commit',
      'cairn commit --dry-run',
      'cairn commit 01jd --message "Read the port from PORT"',
    ],
    notes:
      'Files that the session did not change are listed and left out. Exit code 3: the evidence does not hold for these files\n(nothing was committed; --yes commits all the same, and the message says so). See docs/commit.md.',
  },
  {
    name: 'attest',
    summary: 'sign a statement of how a commit came to be',
    usage: 'cairn attest [COMMIT] [options]',
    options: {
      session: {
        type: 'string',
        value: 'ID',
        help: 'Session that made the change; default: the newest of this folder.',
      },
      base: { type: 'string', value: 'COMMIT', help: 'What it is compared with; default: its first parent.' },
      out: {
        type: 'string',
        value: 'FILE',
        help: 'Write the statement there instead of a git note (refs/notes/cairn).',
      },
      patch: { type: 'string', value: 'FILE', help: 'Also write the attested patch there.' },
      'no-review': { type: 'boolean', help: 'Leave out the findings of `cairn review` about the change.' },
      trailers: {
        type: 'boolean',
        help: 'Only print trailers for a commit message, from the session as it is.',
      },
    },
    positionals: [0, 1],
    examples: ['cairn attest', 'cairn attest HEAD~1 --out change.intoto.jsonl', 'cairn attest --trailers'],
    notes: 'What is in a statement, and what it proves: docs/attestations.md.',
  },
  {
    name: 'verify',
    summary: 'check the statements about a commit, offline',
    usage: 'cairn verify [COMMIT] [options]',
    options: {
      file: {
        type: 'string',
        value: 'FILE',
        help: 'Statements to check; default: the git note of the commit.',
      },
      key: {
        type: 'string',
        value: 'VKEY | FILE',
        help: 'Public key; default: the one of this machine.',
      },
      patch: { type: 'string', value: 'FILE', help: 'Patch that has to be the attested one.' },
      journal: { type: 'string', value: 'FILE', help: 'Journal, or its export, that has to agree.' },
      policy: {
        type: 'string',
        value: 'FILES',
        help: 'Policy files, separated by commas, that have to be those of the session.',
      },
      'no-repository': { type: 'boolean', help: 'Do not look at a repository; needs --file.' },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [0, 1],
    examples: [
      'cairn verify',
      'cairn verify HEAD~1 --key journal.vkey --journal session.jsonl',
      'cairn verify --file change.intoto.jsonl --patch change.patch --no-repository --key journal.vkey',
    ],
    notes: 'Exit code 1: a statement does not hold, or there is none. See docs/attestations.md.',
  },
]
