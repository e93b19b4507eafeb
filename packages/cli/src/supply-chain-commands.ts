import type { CommandSpec } from './command.ts'

/** Commands about what a project is made of and where it can be attacked. */
export const SUPPLY_CHAIN_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'advisories',
    summary: 'keep an OSV database of known defects, for audit and sbom without a network',
    usage: 'cairn advisories import PATH | status [--json]',
    options: { json: { type: 'boolean', help: 'JSON on standard output.' } },
    positionals: [1, 2],
    examples: [
      'cairn advisories import npm/all.zip',
      'cairn advisories import ./osv-records',
      'cairn advisories status',
    ],
    notes:
      'PATH: an all.zip of OSV, a folder of its JSON files, one JSON file, or JSON lines. A record with a known id is replaced.\nMore: docs/supply-chain.md.',
  },
  {
    name: 'sbom',
    summary: 'list what the lock files pin, as CycloneDX',
    usage: 'cairn sbom [PATH] [--out FILE] [--advisories PATH] [--timestamp]',
    options: {
      advisories: {
        type: 'string',
        value: 'PATH',
        help: 'Add known defects from an OSV database at PATH, or from the imported one with "imported".',
      },
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
  {
    name: 'threat-model',
    summary: 'draft a threat model from the code: assets, ways in, boundaries, abuse cases',
    usage: 'cairn threat-model [PATH] [--format NAME] [--out FILE]',
    options: {
      format: {
        type: 'string',
        value: 'NAME',
        help: 'text, markdown (with a Mermaid diagram), html or json; default: by the ending of --out, else text.',
      },
      out: { type: 'string', value: 'FILE', help: 'Where it is written; default: standard output.' },
    },
    positionals: [0, 1],
    examples: [
      'cairn threat-model',
      'cairn threat-model --out threats.html',
      'cairn threat-model services/api --format json',
    ],
    notes:
      'JavaScript, TypeScript and Python. Each statement names its line; what the code does not say is a question. More:\ndocs/threat-model.md.',
  },
]
