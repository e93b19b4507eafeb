import type { CommandSpec } from './command.ts'

/** Commands that bring sessions in and hand them on. */
export const TRANSFER_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'import',
    summary: 'bring in a session from a file: of cairn, ATIF, Claude Code or Codex',
    usage: 'cairn import FILE [--cwd DIR] [--as-text] [--json]',
    options: {
      cwd: { type: 'string', value: 'DIR', help: 'Folder that it goes on in; default: the present one.' },
      'as-text': {
        type: 'boolean',
        help: 'Only the conversation, also of an export that this machine has signed.',
      },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [1, 1],
    examples: [
      'cairn import session.jsonl',
      'cairn import run.atif.json',
      'cairn import ~/.codex/sessions/…/rollout-….jsonl',
    ],
    notes:
      'An export of cairn with the signature of this data folder comes back as it was. Everything else is taken for what anybody may have written: it is read, and binds nobody. See docs/import.md.',
  },
  {
    name: 'export',
    summary: 'write a session as a page, as Markdown, as a trajectory or as its whole journal',
    usage: 'cairn export [ID] [--format html|md|jsonl|atif] [--out FILE]',
    options: {
      format: {
        type: 'string',
        value: 'NAME',
        help: 'html, md, jsonl (the verifiable journal with its blobs) or atif; default: by the ending of FILE, else md.',
      },
      out: { type: 'string', value: 'FILE', help: 'Where it is written; default: standard output.' },
    },
    positionals: [0, 1],
    examples: [
      'cairn export --out session.html',
      'cairn export port-work --format md',
      'cairn export --out run.atif.json',
    ],
    notes:
      'All but jsonl leave out what was undone, and are searched for secrets once more. jsonl is the journal byte for byte: `cairn log verify FILE`.',
  },
]
