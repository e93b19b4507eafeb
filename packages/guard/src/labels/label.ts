/** Where a text comes from. Only `user`, and what a person approved, is trusted. */
export type Origin =
  | 'user'
  | 'instruction'
  | 'repository'
  | 'tool-output'
  | 'web'
  | 'mcp'
  | 'agent'
  | 'sub-agent'

const untrusted: ReadonlySet<Origin> = new Set(['repository', 'tool-output', 'web', 'mcp', 'sub-agent'])

/** Whether somebody else than the person may have written it. The agent's own words count by what it has read. */
export const isUntrusted = (origin: Origin): boolean => untrusted.has(origin)

/** Names of files that hold keys and passwords; examples and templates of them do not. */
const privateName =
  /(?:^|[\s/"'=])(?:\.env(?!\.(?:example|sample|template|dist|schema))(?:\.[\w-]+)?|\.netrc|\.pgpass|\.htpasswd|credentials(?:\.json)?|secrets?\.(?:json|ya?ml|toml|env)|id_(?:rsa|dsa|ecdsa|ed25519)|[\w.-]+\.(?:pem|p12|pfx|keystore|jks|kdbx))(?=$|[\s"',;:|&)\\])/iu

/** Whether a command, a path or an argument text names a file that holds keys or passwords. */
export const namesPrivateFile = (text: string): boolean => privateName.test(text)
