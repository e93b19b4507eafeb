/**
 * Tokens of a text, estimated without a tokenizer: four ASCII characters, or one other UTF-16 unit, a token.
 * Too high for most prose and about right for code, hashes and numbers; callers calibrate it by reported usage.
 */
export function estimateTokens(text: string): number {
  let other = 0
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 126) other++
  return Math.ceil((text.length - other) / 4) + other
}
