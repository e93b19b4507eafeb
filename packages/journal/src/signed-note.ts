import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { JournalError } from './journal-error.ts'

const ed25519 = 1
const keyBytes = 32
const idBytes = 4
const signatureBytes = 64

/** A key that signs notes. Its secret stays inside. */
export interface SigningKey {
  /** The public half as C2SP `vkey`: `name+id+base64`. */
  readonly vkey: string
  readonly name: string
  /** The key id, 4 bytes. */
  readonly id: Uint8Array
  sign(text: string): Uint8Array
}

/** The public half of a key. */
export interface Verifier {
  name: string
  id: Uint8Array
  key: KeyObject
}

/** Key id of https://c2sp.org/signed-note: the first 4 bytes of SHA-256 over name, newline, algorithm and key. */
function keyId(name: string, tagged: Uint8Array): Uint8Array {
  return createHash('sha256').update(`${name}\n`).update(tagged).digest().subarray(0, idBytes)
}

/** Makes a signing key of an Ed25519 private key in PEM. Throws `JournalError` `bad-key` where it is none. */
export function signingKeyOf(pem: string, name: string): SigningKey {
  const secret = privateKey(pem)
  const jwk = createPublicKey(secret).export({ format: 'jwk' })
  if (jwk.crv !== 'Ed25519' || jwk.x === undefined) throw badKey('it is not an Ed25519 key')
  const tagged = Buffer.concat([Buffer.of(ed25519), Buffer.from(jwk.x, 'base64url')])
  const id = keyId(name, tagged)
  return {
    name,
    id,
    vkey: `${name}+${Buffer.from(id).toString('hex')}+${tagged.toString('base64')}`,
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), secret),
  }
}

function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    throw badKey('it is not a private key in PEM', error)
  }
}

/** Reads a `vkey`. Throws `JournalError` `bad-key` where it is none of Ed25519. */
export function parseVerifier(vkey: string): Verifier {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey)
  const [, name = '', id = '', encoded = ''] = match ?? []
  const tagged = Buffer.from(encoded, 'base64')
  if (match === null || tagged[0] !== ed25519 || tagged.length !== 1 + keyBytes) {
    throw badKey(`"${vkey}" is not a vkey of Ed25519`)
  }
  const expected = keyId(name, tagged)
  if (Buffer.from(expected).toString('hex') !== id) throw badKey(`the id in "${vkey}" is not that of its key`)
  const x = tagged.subarray(1).toString('base64url')
  return {
    name,
    id: expected,
    key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  }
}

/** The name of a key in other formats than notes: its name and the id in hex. */
export const keyIdOf = ({ name, id }: Pick<SigningKey, 'name' | 'id'>): string =>
  `${name}+${Buffer.from(id).toString('hex')}`

/** Whether a signature outside of a note is that of the key over the text. Throws `JournalError` `bad-key` for a bad vkey. */
export function verifyDetached(text: string, signature: Uint8Array, vkey: string): boolean {
  const { key } = parseVerifier(vkey)
  return signature.length === signatureBytes && verify(null, Buffer.from(text, 'utf8'), key, signature)
}

/** Signs a text, which ends in a newline, and gives the whole note. */
export function signText(text: string, key: SigningKey): string {
  const signature = Buffer.concat([key.id, key.sign(text)])
  return `${text}\n— ${key.name} ${signature.toString('base64')}\n`
}

/** Null where the note carries a good signature of this key; otherwise why not. Other keys' signatures are passed over. */
export function verifyText(note: string, verifier: Verifier): string | null {
  const end = note.lastIndexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) return 'it is not a signed note'
  const text = note.slice(0, end + 1)
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const match = /^— (\S+) (\S+)$/.exec(line)
    if (match === null) return 'a signature line is malformed'
    const [, name, encoded = ''] = match
    const bytes = Buffer.from(encoded, 'base64')
    // The last characters of base64 have bits that decoding ignores; a note has one spelling only.
    if (bytes.toString('base64') !== encoded) return 'a signature is not in canonical base64'
    if (name !== verifier.name || Buffer.compare(bytes.subarray(0, idBytes), verifier.id) !== 0) continue
    if (bytes.length !== idBytes + signatureBytes) return 'the signature has a wrong length'
    const good = verify(null, Buffer.from(text, 'utf8'), verifier.key, bytes.subarray(idBytes))
    return good ? null : 'the signature does not fit the text'
  }
  return `no signature of the key ${keyIdOf(verifier)}`
}

function badKey(why: string, cause?: unknown): JournalError {
  return new JournalError(
    'bad-key',
    `The key of the journal cannot be used: ${why}.`,
    'Give the key file, or the vkey, that cairn made; without a key journals are written unsigned.',
    {},
    cause,
  )
}
