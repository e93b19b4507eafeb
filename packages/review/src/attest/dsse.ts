import { keyIdOf, parseVerifier, verifyDetached, type SigningKey } from '@cairn/journal'

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** A signed payload, as https://github.com/secure-systems-lab/dsse describes it. */
interface Envelope {
  payloadType: string
  /** Base64. */
  payload: string
  signatures: { keyid: string; sig: string }[]
}

/** What DSSE v1 signs: type and payload with their lengths in bytes, so that no two pairs give the same text. */
export const preAuthEncoding = (type: string, payload: string): string =>
  `DSSEv1 ${Buffer.byteLength(type)} ${type} ${Buffer.byteLength(payload)} ${payload}`

/** An envelope in its one spelling: a single line of JSON. */
const envelopeLine = ({ payloadType, payload, signatures }: Envelope): string =>
  JSON.stringify({
    payloadType,
    payload,
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })),
  })

/** Signs a payload and gives the envelope as a line without its end. */
export function sealEnvelope(payload: string, key: SigningKey): string {
  const sig = Buffer.from(key.sign(preAuthEncoding(PAYLOAD_TYPE, payload))).toString('base64')
  return envelopeLine({
    payloadType: PAYLOAD_TYPE,
    payload: Buffer.from(payload, 'utf8').toString('base64'),
    signatures: [{ keyid: keyIdOf(key), sig }],
  })
}

/**
 * Opens the line of an envelope with the public key. Any spelling but the one that `sealEnvelope` writes is refused, so that
 * no byte of it can change unseen. Throws `JournalError` `bad-key` for a bad key.
 */
export function openEnvelope(
  line: string,
  vkey: string,
): { ok: true; payload: string } | { ok: false; reason: string } {
  const keyid = keyIdOf(parseVerifier(vkey))
  const no = (reason: string) => ({ ok: false as const, reason })
  const envelope = parseEnvelope(line)
  if (envelope === null) return no('it is not a DSSE envelope as cairn writes it')
  if (envelope.payloadType !== PAYLOAD_TYPE)
    return no(`its payload is ${envelope.payloadType}, not a statement`)
  const bytes = Buffer.from(envelope.payload, 'base64')
  const payload = bytes.toString('utf8')
  if (bytes.toString('base64') !== envelope.payload || !Buffer.from(payload).equals(bytes))
    return no('its payload is not in canonical base64 of UTF-8')
  const found = envelope.signatures.find((signature) => signature.keyid === keyid)
  if (found === undefined || envelope.signatures.length !== 1) return no(`it is not signed by ${keyid} alone`)
  const signature = Buffer.from(found.sig, 'base64')
  if (signature.toString('base64') !== found.sig) return no('its signature is not in canonical base64')
  if (!verifyDetached(preAuthEncoding(PAYLOAD_TYPE, payload), signature, vkey))
    return no('its signature does not fit the payload')
  return { ok: true, payload }
}

function parseEnvelope(line: string): Envelope | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { payloadType, payload, signatures } = value as Partial<Record<keyof Envelope, unknown>>
  if (typeof payloadType !== 'string' || typeof payload !== 'string' || !Array.isArray(signatures))
    return null
  const read = signatures.flatMap((one: unknown) =>
    typeof one === 'object' &&
    one !== null &&
    'keyid' in one &&
    'sig' in one &&
    typeof one.keyid === 'string' &&
    typeof one.sig === 'string'
      ? [{ keyid: one.keyid, sig: one.sig }]
      : [],
  )
  const envelope = { payloadType, payload, signatures: read }
  return envelopeLine(envelope) === line ? envelope : null
}
