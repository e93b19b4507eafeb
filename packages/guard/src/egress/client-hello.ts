/** What the first bytes of a client are. */
export type FirstBytes =
  | { is: 'incomplete' }
  | { is: 'http' }
  | { is: 'tls'; serverName: string | null }
  | { is: 'invalid'; why: string }

const HANDSHAKE = 22
const CLIENT_HELLO = 1
const SERVER_NAME = 0

/** More than any client sends before it hears an answer. */
const longest = 64 * 1024

/**
 * Reads the name of the server from the beginning of a TLS connection, which may come in pieces and in several records;
 * anything that begins with a letter is taken for HTTP. Source: RFC 8446, 4.1.2 and 5.1; RFC 6066, 3.
 */
export const readFirstBytes = (bytes: Buffer): FirstBytes => {
  const first = bytes[0]
  if (first === undefined) return { is: 'incomplete' }
  if (first !== HANDSHAKE)
    return first >= 65 && first <= 90 ? { is: 'http' } : { is: 'invalid', why: 'neither TLS nor HTTP' }
  if (bytes.length > longest) return { is: 'invalid', why: 'a TLS greeting without an end' }
  const hello = handshake(bytes)
  if (typeof hello === 'string') return { is: 'invalid', why: hello }
  if (hello === null) return { is: 'incomplete' }
  const name = serverName(hello)
  return name === undefined
    ? { is: 'invalid', why: 'a TLS greeting that cannot be read' }
    : { is: 'tls', serverName: name }
}

/** The body of the first handshake message, put together from its records; null where more is needed. */
const handshake = (bytes: Buffer): Buffer | string | null => {
  const parts: Buffer[] = []
  let length = 0
  for (let at = 0; ;) {
    if (bytes.length < at + 5) return null
    if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== 3) return 'a TLS record of another kind'
    const size = bytes.readUInt16BE(at + 3)
    if (size === 0 || size > 16_384) return 'a TLS record of a wrong size'
    parts.push(bytes.subarray(at + 5, at + 5 + size))
    length += Math.min(size, bytes.length - at - 5)
    at += 5 + size
    if (length < 4) continue
    const message = Buffer.concat(parts)
    if (message[0] !== CLIENT_HELLO) return 'no TLS greeting'
    const end = 4 + message.readUIntBE(1, 3)
    if (end > longest) return 'a TLS greeting without an end'
    if (message.length >= end) return message.subarray(4, end)
    if (at > bytes.length) return null
  }
}

/** The name in a greeting; null where it has none, undefined where it cannot be read beyond doubt. */
const serverName = (hello: Buffer): string | null | undefined => {
  try {
    let at = 2 + 32
    at += 1 + hello.readUInt8(at)
    at += 2 + hello.readUInt16BE(at)
    at += 1 + hello.readUInt8(at)
    if (at === hello.length) return null
    const end = at + 2 + hello.readUInt16BE(at)
    if (end !== hello.length) return undefined
    let found: string | null = null
    for (at += 2; at < end;) {
      const type = hello.readUInt16BE(at)
      const body = hello.subarray(at + 4, at + 4 + hello.readUInt16BE(at + 2))
      at += 4 + hello.readUInt16BE(at + 2)
      if (at > end) return undefined
      if (type !== SERVER_NAME) continue
      const size = body.readUInt16BE(3)
      // One name, of the only kind there is, and nothing else.
      if (found !== null || body.readUInt16BE(0) !== body.length - 2 || body[2] !== 0) return undefined
      if (size !== body.length - 5) return undefined
      found = body.toString('latin1', 5)
    }
    return found
  } catch {
    return undefined
  }
}
