import type { CommandSpec } from './command.ts'
import { BUDGET_OPTIONS, MODEL_OPTIONS } from './model-options.ts'

/** Commands about what a repository and a person extend cairn with. */
export const EXTENSION_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'trust',
    summary: 'show and approve what a repository ships to be acted upon',
    usage: 'cairn trust list|show|approve|revoke [PATH]',
    options: {
      cwd: { type: 'string', value: 'DIR', help: 'A folder of the repository; default: the present one.' },
      json: { type: 'boolean', help: 'List as JSON.' },
    },
    positionals: [0, 2],
    examples: ['cairn trust list', 'cairn trust show .mcp.json', 'cairn trust approve .mcp.json'],
    notes:
      'Hooks, MCP servers, skills and the like count only as long as their bytes are those that were approved. See docs/trust.md.',
  },
  {
    name: 'mcp',
    summary: 'MCP servers: list, add, remove, look at and approve them, log in; serve as one',
    usage:
      'cairn mcp list | get NAME | approve NAME | login NAME | logout NAME | remove NAME | add NAME (--url URL | -- COMMAND ARGS…) | serve [options]',
    options: {
      cwd: { type: 'string', value: 'DIR', help: 'A folder of the repository; default: the present one.' },
      root: {
        type: 'string',
        multiple: true,
        value: 'DIR',
        help: 'With serve: a folder that sessions may work in; default: the present one.',
      },
      ...MODEL_OPTIONS,
      ...BUDGET_OPTIONS,
      json: { type: 'boolean', help: 'With list and get: JSON.' },
      scope: {
        type: 'string',
        value: 'WHERE',
        help: 'With add and remove: user (config.toml, default) or project (.mcp.json of the repository).',
      },
      url: { type: 'string', value: 'URL', help: 'With add: a server that is reached over HTTP.' },
      env: {
        type: 'string',
        multiple: true,
        value: 'NAME[=VALUE]',
        help: 'With add: a variable for the command; without a value, that of your environment.',
      },
      header: {
        type: 'string',
        multiple: true,
        value: "'NAME: VALUE'",
        help: 'With add --url: a header; secrets as ${NAME} of your environment.',
      },
      'oauth-scope': {
        type: 'string',
        value: 'SCOPES',
        help: 'With login: the rights to ask for; default: what the server names.',
      },
      'no-browser': { type: 'boolean', help: 'With login: only print the address.' },
      timeout: {
        type: 'string',
        value: 'SECONDS',
        help: 'With add: for one call, default 60. With serve: for one turn.',
      },
      'startup-timeout': {
        type: 'string',
        value: 'SECONDS',
        help: 'With add: to start and answer; default 15.',
      },
    },
    positionals: [0, 200],
    examples: [
      'cairn mcp list',
      'cairn mcp add db --env DB_TOKEN -- db-mcp --read-only',
      "cairn mcp add tracker --url https://tracker.example/mcp --header 'Authorization: Bearer ${TRACKER_TOKEN}'",
      'cairn mcp approve tracker',
      'cairn mcp login tracker',
    ],
    notes:
      'No server is started. Those of a repository count once they are approved. A server that describes its tools otherwise than before is not used until `approve`, which shows what changed. See docs/mcp.md.',
  },
  {
    name: 'skills',
    summary: 'list skills, slash commands and agents, and those that are left out',
    usage: 'cairn skills [options]',
    options: {
      cwd: { type: 'string', value: 'DIR', help: 'A folder of the repository; default: the present one.' },
      json: { type: 'boolean', help: 'List as JSON.' },
    },
    positionals: [0, 0],
    examples: ['cairn skills', 'cairn run "/skill release-notes for 2.1"'],
    notes: 'Those of a repository count once they are approved with `cairn trust`. See docs/skills.md.',
  },
  {
    name: 'acp',
    summary: 'serve an editor over the Agent Client Protocol, on standard input and output',
    usage: 'cairn acp [options]',
    options: { ...MODEL_OPTIONS, ...BUDGET_OPTIONS },
    positionals: [0, 0],
    examples: ['cairn acp', 'cairn acp --model anthropic/claude-sonnet-4-5 --max-cost 5'],
    notes: 'An editor starts this; see docs/editors.md for Zed, JetBrains and Neovim.',
  },
]
