import type { CommandSpec } from './command.ts'

/** Commands about what a project is made of. */
export const SUPPLY_CHAIN_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'sbom',
    summary: 'list what the lock files pin, as CycloneDX',
    usage: 'cairn sbom [PATH] [--out FILE] [--timestamp]',
    options: {
      out: { type: 'string', value: 'FILE', help: 'Where it is written; default: standard output.' },
      timestamp: {
        type: 'boolean',
        help: 'Say when it was made: SOURCE_DATE_EPOCH if set, else now. Without it, equal lock files give equal bytes.',
      },
    },
    positionals: [0, 1],
    examples: ['cairn sbom --out bom.json', 'cairn sbom services/api | jq ".components | length"'],
    notes:
      'Exit code 1: a lock file could not be read; what could be read is written. More: docs/supply-chain.md.',
  },
]
