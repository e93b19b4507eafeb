/** Names of values that must not be guessed. */
export const secretName =
  /(?:token|secret|passw|session_?id|sid$|otp|nonce|csrf|reset_?(?:code|key|link)|api_?key|auth_?(?:code|key)|private_?key|encryption|(?:^|_)salt|Salt|(?:^|_)key$|[a-z]Key$|verification|confirm(?:ation)?_?code|invite|one_?time|pin_?code|temp_?password|credential|ticket|(?:^|[a-z_])iv$|^code$|coupon|voucher|recovery)/i

const holdsSecret =
  /(?:^|[_\-a-z])(?:passw(?:or)?d|passwd|pwd|secret|api_?key|access_?key|auth_?token|access_?token|private_?key|client_?secret|secret_?key|jwt_?secret|session_?secret|encryption_?key|signing_?key|db_?pass|credentials?|token|bearer|webhook_?secret|cookie_?secret)$/i
const notSecret =
  /(?:field|name|label|placeholder|header|path|url|uri|regex|pattern|message|error|prompt|hint|type|column|selector|route|endpoint|param|prefix|suffix|env|policy|rule)s?_?$/i
/** Tokens of a parser. */
const syntax =
  /(?:significant|last|next|prev(?:ious)?|current|first|end|start|open|close|lexer|separator|keyword)_?token$/i
const placeholder =
  /^(?:\s*|.{0,5}|not[-_ ]an?[-_ ].*|(?:fake|no|some|any|your|my|change|replace|example|sample|dummy|test|todo|xxx+|\*+|<.*>|\$\{.*\}|\{\{.*\}\}|none|null|undefined|true|false|placeholder|redacted|enter|insert)\b.*|.*\b(?:placeholder|example|changeme|your[-_ ]).*|[\w ]*(?:required|invalid|forgot|must|confirm|enter)[\w ]*|process\.env.*|[a-z]+(?:[_ -][a-z]+)*\??:?|[A-Z][a-z]+(?: [A-Za-z]+)+.*|\/.*|https?:.*|--?\w.*)$/i

/** Whether a literal given to a name is a secret written into the source. */
export function hardcodedSecret(name: string, value: string): boolean {
  if (!holdsSecret.test(name) || notSecret.test(name) || syntax.test(name)) return false
  if (/^(?:not[-_ ]an?|fake|dummy|no|some)[-_ ]/i.test(value)) return false
  if (value.length < 6 || value.length > 300 || /\s{2}|\n/.test(value)) return false
  if (
    /\d/.test(value) &&
    /[a-z]/i.test(value) &&
    !/^(?:your|example|test|dummy|<|\$)/i.test(value) &&
    !/changeme|example|placeholder/i.test(value)
  )
    return true
  if (
    /passw|pwd|secret/i.test(name) &&
    /^[a-z]+(?:[-_!@#$%^&*][a-z]+)+[!@#$]*$/i.test(value) &&
    !placeholder.test(value)
  )
    return true
  if (
    /secret|key/i.test(name) &&
    /^[a-z]+(?:[-_ ][a-z]+)+$/i.test(value) &&
    /secret|key|super|shh|keyboard/i.test(value) &&
    !/^(?:your|my-app|change)/i.test(value)
  )
    return true
  return /passw|pwd|secret|key|credential/i.test(name) && !placeholder.test(value)
}
