/** Shapes of credentials. A false hit costs one word of a ledger line, a miss puts a secret into every request. */
const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:sk|rk|pk)[-_](?:live|test|proj|ant|or|svcacct|admin)?[-_A-Za-z0-9]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[\w-]{16,}/g,
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  /\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}/g,
  /\bxox[abeoprs]-[\w-]{10,}|\bxapp-[\w-]{10,}/g,
  /\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w-]{30,}|\bhf_[A-Za-z0-9]{25,}|\bdop_v1_[a-f0-9]{30,}/g,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{16,}/g,
  /(?<=:\/\/[^\s/:@]{1,64}:)[^\s/@]{3,}(?=@)/g,
]
const ASSIGNED =
  /((?:api[_-]?key|secret(?:[_-]?(?:key|access[_-]?key))?|access[_-]?key|auth[_-]?token|access[_-]?token|token|passw(?:or)?d|passphrase|client[_-]?secret|private[_-]?key)["'`]?\s*(?:[:=]|\bis\b|=>)\s*["'`]?)([^\s"'`,;]{6,})/gi

/** Text with credentials replaced by `[secret]`. */
export function redactSecrets(text: string): string {
  let out = text
  for (const pattern of SECRETS) out = out.replace(pattern, '[secret]')
  return out.replace(ASSIGNED, (whole, lead: string, value: string) =>
    looksSecret(value) ? `${lead}[secret]` : whole,
  )
}

export function hasSecret(text: string): boolean {
  return redactSecrets(text) !== text
}

/** Passwords and tokens mix letters with digits or signs; `token: required` and paths do not. */
function looksSecret(value: string): boolean {
  if (value.startsWith('[secret]') || /^(?:process\.|\$|<|\{|\/|\.\/)/.test(value)) return false
  return (
    /\d/.test(value) ||
    (/[a-z]/.test(value) && /[A-Z]/.test(value) && value.length >= 12) ||
    /[!@#$%^&*]/.test(value)
  )
}
