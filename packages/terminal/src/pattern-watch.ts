/** A pattern sees at most this much text at once: enough for a prompt or a "listening on" line. */
const windowBytes = 8 * 1024
const stepBytes = 64 * 1024

/** Looks for a pattern in output as it streams, over a sliding window: no match can span more than 8 KiB. */
export const createPatternWatch = (pattern: RegExp) => {
  const matcher = new RegExp(pattern.source, pattern.flags.replace(/[gy]/gu, ''))
  const decoder = new TextDecoder()
  let kept = ''
  return (chunk: Buffer): boolean => {
    for (let at = 0; at < chunk.length; at += stepBytes) {
      const text = kept + decoder.decode(chunk.subarray(at, at + stepBytes), { stream: true })
      if (matcher.test(text)) return true
      kept = text.slice(-windowBytes)
    }
    return false
  }
}
