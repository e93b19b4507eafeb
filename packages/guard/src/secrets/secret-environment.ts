const secretName =
  /(?:^|_)(?:API_?KEYS?|KEY|SECRETS?|TOKENS?|PASS|PASSWD|PASSWORD|PASSPHRASE|PWD|CREDENTIALS?|AUTH|COOKIE|PAT|DSN|CONNECTION_STRING|PRIVATE_KEY)(?:_?[0-9]+|_(?:[A-Z]|VALUE|BASE64|B64|JSON))?$|(?:DATABASE|REDIS|MONGO|MONGODB|POSTGRES|AMQP)_(?:URL|URI)$|APIKEY$|ACCESS_?KEY(?:_ID)?$/u

/** Names that look secret and are not. */
const plainName = /^(?:PWD|OLDPWD|SSH_AUTH_SOCK|GPG_TTY|DBUS_SESSION_BUS_ADDRESS|XAUTHORITY)$/u

const plainValue = /^(?:true|false|enabled|disabled|required|optional|production|development|localhost)$/iu

/** Shorter values stand in too many places to be replaced wherever they do. */
export const leastSecret = 8

/** Whether a value can be recognised without hitting ordinary text: paths, numbers and switches cannot. */
const isTelling = (value: string): boolean =>
  value.length >= leastSecret &&
  !/^(?:~|\.{0,2})\/[\w./~-]*$/u.test(value) &&
  !/^[\d.,:-]+$/u.test(value) &&
  !plainValue.test(value)

/** Values of the environment variables whose names look secret. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): string[] {
  const found = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && secretName.test(name.toUpperCase()) && !plainName.test(name) && isTelling(value)
      ? [value]
      : [],
  )
  return [...new Set(found)]
}
