import { ATTESTATION_COMMANDS } from './attestation-commands.ts'
import type { CommandSpec } from './command.ts'
import { BUDGET_OPTIONS, MODEL_OPTIONS } from './model-options.ts'

/** Commands that look at a change, and those that vouch for one. */
export const REVIEW_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'check',
    summary: 'run the check of the project in the sandbox, or only what a change concerns',
    usage: 'cairn check [--impacted | --since COMMIT] [--list] [options]',
    options: {
      impacted: { type: 'boolean', help: 'Only tests that the uncommitted changes can concern.' },
      since: {
        type: 'string',
        value: 'COMMIT',
        help: 'Only tests that changes since this commit can concern.',
      },
      list: { type: 'boolean', help: 'Say what would run, and why, and run nothing.' },
      check: { type: 'string', value: 'CMD', help: 'The check; default: found in the project.' },
      cwd: { type: 'string', value: 'DIR', help: 'Folder of the project; default: the present folder.' },
      json: { type: 'boolean', help: 'One line of JSON on standard output.' },
    },
    positionals: [0, 0],
    examples: ['cairn check', 'cairn check --impacted', 'cairn check --since main --list'],
    notes:
      'Exit code 1: the check is red. Where it cannot be told which tests a change concerns, all of them run, and the\nreason is said. More: docs/check.md.',
  },
  {
    name: 'review',
    summary: 'look at a change for defects; with --model also by a reviewer of its own',
    usage: 'cairn review [COMMIT | A..B | A...B] [options]',
    options: {
      staged: { type: 'boolean', help: 'Review what is staged, against HEAD.' },
      patch: { type: 'string', value: 'FILE', help: 'Review a patch, applied to HEAD in memory.' },
      format: { type: 'string', value: 'NAME', help: 'text, markdown, json or sarif; default: text.' },
      json: { type: 'boolean', help: 'Short for --format json.' },
      'fail-on': {
        type: 'string',
        value: 'LEVEL',
        help: 'Exit with 1 from this severity on: low, medium, high or never; default: high.',
      },
      resolve: {
        type: 'string',
        value: 'ID',
        help: 'Settle a finding, with --reason and --by, in .cairn/review.json; it counts again once its code changes.',
      },
      reopen: { type: 'string', value: 'ID', help: 'Let a settled finding count again.' },
      reason: { type: 'string', value: 'TEXT', help: 'With --resolve: why it is settled.' },
      by: { type: 'string', value: 'NAME', help: 'With --resolve: who says so.' },
      'with-model': { type: 'boolean', help: 'Let the configured model look as well; so does --model.' },
      session: {
        type: 'string',
        value: 'ID',
        help: 'With a model: it is told what this session was asked and what its checks gave.',
      },
      ...MODEL_OPTIONS,
      ...BUDGET_OPTIONS,
    },
    positionals: [0, 1],
    examples: [
      'cairn review',
      'cairn review main...HEAD --model anthropic/claude-sonnet-4-5 --session ID',
      'cairn review main...HEAD --format markdown',
      'cairn review --staged --fail-on medium',
    ],
    notes:
      'Without a range: the working tree against HEAD. A commit alone: against its first parent. Nothing is checked out or\nwritten. Standards in a REVIEW.md are for the model. More: docs/review.md.',
  },
  ...ATTESTATION_COMMANDS,
]
