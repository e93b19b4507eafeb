import { EXTENSION_COMMANDS } from './extension-commands.ts'
import type { CommandSpec, OptionSpec } from './command.ts'
import { BUDGET_OPTIONS, MODEL_OPTIONS } from './model-options.ts'
import { REVIEW_COMMANDS } from './review-commands.ts'
import { SUPPLY_CHAIN_COMMANDS } from './supply-chain-commands.ts'
import { TRANSFER_COMMANDS } from './transfer-commands.ts'

const JSON_OPTION: OptionSpec = {
  type: 'boolean',
  help: 'Print one JSON event a line instead of text (docs/json-events.md).',
}

/** Options of what may run in security mode. */
const SCOPE_OPTIONS: Record<string, OptionSpec> = {
  mode: { type: 'string', value: 'NAME', help: 'security: work within an authorised scope; needs --scope.' },
  scope: { type: 'string', value: 'FILE', help: 'Scope file, TOML or JSON (docs/security-mode.md).' },
}

/** Options of what may begin a session in a worktree of its own. */
const WORKTREE_OPTIONS: Record<string, OptionSpec> = {
  worktree: {
    type: 'boolean',
    help: 'Work in a git worktree on a branch of its own (docs/worktrees.md).',
  },
  carry: { type: 'boolean', help: 'With --worktree: take along what is not committed.' },
}

const RUN_OPTIONS: Record<string, OptionSpec> = {
  cwd: { type: 'string', value: 'DIR', help: 'Workspace; default: the present folder.' },
  check: {
    type: 'string',
    value: 'CMD',
    help: 'Command that must be green before the work counts as done; default: found in the project.',
  },
  ...MODEL_OPTIONS,
  ...BUDGET_OPTIONS,
  ...SCOPE_OPTIONS,
  image: {
    type: 'string',
    value: 'FILE,…',
    help: 'Show the model images; `@name.png` in the task does the same.',
  },
  ask: { type: 'boolean', help: 'Ask at the terminal where the policy says so; default: refuse.' },
  'wait-for-approval': {
    type: 'string',
    value: 'SECONDS',
    help: 'Wait this long for `cairn approve` from another terminal.',
  },
  json: JSON_OPTION,
  verbose: { type: 'boolean', short: 'v', help: 'Show the output of tools.' },
}

const FLEET_OPTION: OptionSpec = {
  type: 'string',
  value: 'URL',
  help: 'PostgreSQL database of the fleet; default: CAIRN_FLEET, else this machine alone.',
}

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'tui',
    summary: 'open the terminal UI; so does `cairn` alone in a terminal',
    usage: 'cairn [tui] [options] ["<first message>"]',
    options: {
      plain: {
        type: 'boolean',
        help: 'Linear text without a live region, for screen readers and simple terminals.',
      },
      resume: { type: 'string', value: 'ID', help: 'Go on with this session.' },
      last: { type: 'boolean', help: 'Go on with the newest session of this folder.' },
      ...WORKTREE_OPTIONS,
      cwd: { type: 'string', value: 'DIR', help: 'Workspace; default: the present folder.' },
      check: {
        type: 'string',
        value: 'CMD',
        help: 'Command that must be green before the work counts as done; default: found in the project.',
      },
      ...MODEL_OPTIONS,
      ...BUDGET_OPTIONS,
      ...SCOPE_OPTIONS,
    },
    positionals: [0, 1],
    examples: ['cairn', 'cairn --last', 'cairn --plain --model openai/gpt-5.5'],
    notes: 'Keys and commands: /help inside, and docs/terminal-ui.md.',
  },
  {
    name: 'run',
    summary: 'do one task in a workspace, without asking anything',
    usage: 'cairn run [options] "<task>"',
    options: { ...RUN_OPTIONS, ...WORKTREE_OPTIONS },
    positionals: [1, 1],
    examples: [
      'cairn run "make the failing tests pass"',
      'cairn run --check "npm test" --max-cost 2 --model openai/gpt-5.5 "add a --json flag to the list command"',
      'cairn run --model openai-compatible/qwen3 --base-url http://127.0.0.1:8080/v1 "explain src/server.ts"',
    ],
    notes: 'Give "-" as the task to read it from standard input.',
  },
  {
    name: 'resume',
    summary: 'go on with a session, also after a crash',
    usage: 'cairn resume [--last | ID] [options] ["<more>"]',
    options: {
      last: { type: 'boolean', help: 'The newest session of this folder.' },
      'lift-stop': { type: 'boolean', help: 'Let a session go on that was stopped with `cairn stop`.' },
      ...RUN_OPTIONS,
    },
    positionals: [0, 2],
    examples: ['cairn resume --last', 'cairn resume --last "now the same for the other module"'],
  },
  {
    name: 'campaign',
    summary: 'make a large change in many small, checked units',
    usage:
      'cairn campaign run FILE.yaml | status [ID] | resume [ID] | report [ID] | rollback ID UNIT | recipes',
    options: {
      cwd: { type: 'string', value: 'DIR', help: 'Checkout to work on; default: the present folder.' },
      workers: {
        type: 'string',
        value: 'N',
        help: 'Workers to start here; 0: others do the work. Default: up to 4.',
      },
      'approve-canary': { type: 'boolean', help: 'Do not pause behind the canary units.' },
      approve: { type: 'boolean', help: 'With resume: the canary units are fine.' },
      priority: { type: 'string', value: 'N', help: 'Higher goes first in the fleet. Default 0.' },
      out: {
        type: 'string',
        value: 'FILE',
        help: 'With report: where the HTML goes; default: campaign-ID.html.',
      },
      'pull-request': { type: 'boolean', help: 'With report: print the text of a pull request instead.' },
      fleet: FLEET_OPTION,
      ...MODEL_OPTIONS,
      json: JSON_OPTION,
    },
    positionals: [1, 3],
    examples: [
      'cairn campaign run esm.yaml --workers 4',
      'cairn campaign status',
      'cairn campaign resume --approve',
      'cairn campaign report --pull-request',
    ],
    notes: 'The file is described in docs/campaigns.md. Your checkout and branches are not touched.',
  },
  {
    name: 'fleet',
    summary: 'workers for campaigns, on one machine or many',
    usage: 'cairn fleet worker | status | drain [WORKER] | limit KEY [--most N]',
    options: {
      campaign: { type: 'string', value: 'ID', help: 'With worker: serve this campaign only.' },
      cwd: { type: 'string', value: 'DIR', help: 'With worker: where this machine has the repository.' },
      most: { type: 'string', value: 'N', help: 'With limit: how many units with this key run at once.' },
      fleet: FLEET_OPTION,
      ...MODEL_OPTIONS,
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [1, 2],
    examples: [
      'cairn fleet worker --fleet postgres://cairn@db.example/cairn --cwd ~/src/shop',
      'cairn fleet status',
      'cairn fleet limit provider:anthropic --most 4',
      'cairn fleet drain',
    ],
  },
  {
    name: 'sessions',
    summary: 'list, search, name or delete sessions',
    usage: 'cairn sessions [--search TEXT] [--all] [--json], or name ID NAME, or prune --older-than DAYS',
    options: {
      all: { type: 'boolean', help: 'Of all folders, not only of this one.' },
      search: {
        type: 'string',
        value: 'TEXT',
        help: 'Sessions in which all of these words were said, run or printed; "…" keeps words together.',
      },
      'older-than': {
        type: 'string',
        value: 'DAYS',
        help: 'With prune: last used so many days ago or more.',
      },
      keep: { type: 'string', value: 'N', help: 'With prune: the newest N stay. Default 0.' },
      yes: { type: 'boolean', help: 'With prune: delete; without it only says what would be deleted.' },
      json: JSON_OPTION,
    },
    positionals: [0, 3],
    examples: [
      'cairn sessions --all',
      'cairn sessions --search "retry timeout" --all',
      'cairn sessions name 01jd port-work',
      'cairn sessions prune --older-than 180 --keep 50 --yes',
    ],
    notes: 'Where a command takes the ID of a session, it takes its beginning or its name, too.',
  },
  {
    name: 'trace',
    summary: 'requirements beside plan, changes and evidence',
    usage: 'cairn trace [ID] [--format text|html|json]',
    options: {
      format: { type: 'string', value: 'NAME', help: 'text (default), html or json.' },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [0, 1],
    examples: ['cairn trace', 'cairn trace --format html > trace.html'],
    notes:
      'shown: the gate accepted work that touches it · open: reported as open · violated: broken when the gate looked last · not shown: nothing speaks of it. Exit code 1: something is violated.',
  },
  {
    name: 'undo',
    summary: 'take back the newest turn of a session: conversation and files',
    usage: 'cairn undo [ID] [--turns N] [--force] [--json]',
    options: {
      turns: { type: 'string', value: 'N', help: 'Take back N turns. Default 1.' },
      force: { type: 'boolean', help: 'Also files that someone else changed since.' },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [0, 1],
    examples: ['cairn undo', 'cairn undo --turns 2'],
    notes:
      'Files come back as they were before the turn, also those that commands changed, made or removed. What cannot be taken back (commits, installed packages, anything outside the workspace) is listed. Exit code 1: some files were kept.',
  },
  {
    name: 'redo',
    summary: 'take the newest undo back',
    usage: 'cairn redo [ID] [--force] [--json]',
    options: {
      force: { type: 'boolean', help: 'Also files that someone else changed since.' },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [0, 1],
    examples: ['cairn redo'],
  },
  {
    name: 'fork',
    summary: 'copy a session, up to any turn, into a new one',
    usage: 'cairn fork [ID] [--turn N] [--json]',
    options: {
      turn: { type: 'string', value: 'N', help: 'Up to the end of this turn. Default: the whole session.' },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [0, 1],
    examples: ['cairn fork', 'cairn fork --turn 3'],
    notes: 'The conversation is copied; the files of the workspace stay as they are now.',
  },
  {
    name: 'show',
    summary: 'show what happened in a session',
    usage: 'cairn show [ID] [--json] [--verbose]',
    options: {
      json: JSON_OPTION,
      verbose: { type: 'boolean', short: 'v', help: 'With the output of tools.' },
    },
    positionals: [0, 1],
    examples: ['cairn show', 'cairn show --json | jq .type'],
  },
  {
    name: 'context',
    summary: 'explain what the model sees: show, why, diff, cost, check',
    usage: 'cairn context show|why|diff|cost|check [TEXT | EPOCH] [options]',
    options: {
      session: { type: 'string', value: 'ID', help: 'Session; default: the newest of this folder.' },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [1, 2],
    examples: [
      'cairn context show',
      'cairn context why "the port must stay 8080"',
      'cairn context diff 2',
      'cairn context cost',
    ],
    notes:
      'why TEXT: where a line comes from · diff EPOCH: what left and where it went · cost: the bill and each cache break · check: all invariants.',
  },
  ...TRANSFER_COMMANDS,
  {
    name: 'log',
    summary: 'verify, prove, anchor, export or erase from the journal of a session',
    usage: 'cairn log verify|export|anchor [ID | FILE], or prove SEQ [ID], or erase BLOB [ID]',
    options: {
      key: {
        type: 'string',
        value: 'VKEY',
        help: 'Public key for verify; default: the one of this machine.',
      },
      anchor: {
        type: 'string',
        value: 'FILE | LINE',
        help: 'With verify: checkpoints that were kept elsewhere, so that a cut-off end is found, too.',
      },
      to: {
        type: 'string',
        value: 'URLS',
        help: 'With anchor: where the checkpoint goes; default: `anchors` of the configuration.',
      },
      format: { type: 'string', value: 'NAME', help: 'With export: jsonl (verifiable; default) or ocsf.' },
      reason: { type: 'string', value: 'TEXT', help: 'With erase: why; it is kept.' },
      out: { type: 'string', value: 'FILE', help: 'Where export and prove write; default: standard output.' },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [1, 3],
    examples: [
      'cairn log verify',
      'cairn log export --out session.jsonl',
      'cairn log verify session.jsonl',
      'cairn log prove 12 --out proof.json',
      'git commit --trailer "$(cairn log anchor)"',
      'cairn log erase 9f86d081 --reason "request of the person"',
    ],
    notes: 'More: docs/audit-trail.md.',
  },
  {
    name: 'incident',
    summary: 'write everything that an investigation of a session needs into one signed file',
    usage: 'cairn incident [ID] --out FILE',
    options: { out: { type: 'string', value: 'FILE', help: 'Where it is written.' } },
    positionals: [0, 1],
    examples: ['cairn incident --out incident.json'],
  },
  {
    name: 'policy',
    summary: 'show, explain or test what is allowed',
    usage: 'cairn policy show|explain|test [COMMAND | FILE] [options]',
    options: {
      cwd: { type: 'string', value: 'DIR', help: 'Workspace; default: the present folder.' },
      write: {
        type: 'string',
        value: 'PATH',
        help: 'With explain: about changing this file instead of a command.',
      },
      json: { type: 'boolean', help: 'As JSON.' },
    },
    positionals: [1, 2],
    examples: [
      'cairn policy show',
      'cairn policy explain "git push --force"',
      'cairn policy explain --write AGENTS.md',
      'cairn policy test policy-cases.json',
    ],
    notes: 'The files and their rules are described in docs/policy.md.',
  },
  {
    name: 'approvals',
    summary: 'list what waits for an approval, with every byte of it',
    usage: 'cairn approvals list [--json]',
    options: { json: { type: 'boolean', help: 'As JSON.' } },
    positionals: [0, 1],
    examples: ['cairn approvals list'],
  },
  {
    name: 'approve',
    summary: 'approve or deny what a waiting run asks for',
    usage: 'cairn approve ID [--for-session | --deny REASON]',
    options: {
      'for-session': { type: 'boolean', help: 'Also when the very same bytes come again in that session.' },
      deny: { type: 'string', value: 'REASON', help: 'Deny it; the model is told the reason.' },
    },
    positionals: [1, 1],
    examples: ['cairn approve 3f9a', 'cairn approve 3f9a --deny "use a new branch"'],
    notes: 'The run has to wait for it: cairn run --wait-for-approval 600 "…". See docs/approvals.md.',
  },
  ...EXTENSION_COMMANDS,
  {
    name: 'stop',
    summary: 'stop a session, or all, at once, whatever they are doing',
    usage: 'cairn stop ID | --all [--reason TEXT]',
    options: {
      all: { type: 'boolean', help: 'Every session of this user that runs.' },
      reason: { type: 'string', value: 'TEXT', help: 'Why; it is journaled.' },
    },
    positionals: [0, 1],
    examples: ['cairn stop --all', 'cairn stop 01jd --reason "wrong branch"'],
    notes:
      'A stopped session goes on only with: cairn resume ID --lift-stop. While /etc/cairn/stop exists, nothing runs on this machine.',
  },
  {
    name: 'audit',
    summary: 'look for security defects in sources, workflows, Dockerfiles and pinned packages',
    usage: 'cairn audit [PATH] [options]',
    options: {
      format: { type: 'string', value: 'NAME', help: 'text, json or sarif; default: text.' },
      baseline: { type: 'string', value: 'FILE', help: 'Known findings, which do not count.' },
      'write-baseline': { type: 'string', value: 'FILE', help: 'Write the present findings as a baseline.' },
      'fail-on': {
        type: 'string',
        value: 'LEVEL',
        help: 'Exit with 1 from this severity on: low, medium, high, critical or none; default: high.',
      },
      import: {
        type: 'string',
        value: 'FILES',
        help: 'SARIF logs of other tools, separated by commas, to put into the output of --format sarif.',
      },
      advisories: {
        type: 'string',
        value: 'PATH',
        help: 'OSV database for pinned packages; default: the imported one, if there is one; "none" for none.',
      },
      tests: { type: 'boolean', help: 'Look at files of tests too.' },
    },
    positionals: [0, 1],
    examples: [
      'cairn audit',
      'cairn audit src --format sarif > audit.sarif',
      'cairn audit --write-baseline audit-baseline.json',
      'cairn audit --baseline audit-baseline.json --fail-on medium',
    ],
    notes: 'What is found and how to accept a finding: docs/audit.md.',
  },
  ...SUPPLY_CHAIN_COMMANDS,
  ...REVIEW_COMMANDS,
  {
    name: 'doctor',
    summary: 'what works on this machine, and what to do about the rest',
    usage: 'cairn doctor [--json]',
    options: { json: { type: 'boolean', help: 'As JSON.' } },
    positionals: [0, 0],
    examples: ['cairn doctor'],
  },
  {
    name: 'models',
    summary: 'list known models, and those of servers on this machine',
    usage: 'cairn models [FILTER] [--json]',
    options: { json: { type: 'boolean', help: 'As JSON.' } },
    positionals: [0, 1],
    examples: ['cairn models', 'cairn models claude'],
  },
  {
    name: 'demo',
    summary: 'mend a small broken project with the embedded engine',
    usage: 'cairn demo [--keep] [--json]',
    options: {
      keep: { type: 'boolean', help: 'Keep the copy of the project, and say where it is.' },
      json: JSON_OPTION,
    },
    positionals: [0, 0],
    examples: ['cairn demo'],
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    usage: 'cairn completion bash|zsh|fish',
    options: {},
    positionals: [1, 1],
    examples: ['source <(cairn completion bash)'],
  },
]
