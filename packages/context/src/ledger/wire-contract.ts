const ROUTE =
  /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD)\s+\/\S*[^.]{0,20}?\b(?:takes?|returns?|responds?|accepts?|answers?|expects?|requires?|gives?|yields?|replies|sends?|is)\b/
const CARRIER =
  /\b(?:frames?|packets?|messages?|records?|payloads?|bod(?:y|ies)|headers?|envelopes?|requests?|responses?|repl(?:y|ies)|events?|datagrams?|rows?|tokens?|cursors?|protocol|endpoint|handshake|stream|file format|files?)\b[^.]{0,40}?\b(?:starts?|begins?|ends?|opens?|carr(?:y|ies)|consists?|contains?|includes?|encoded|followed|prefixed|terminated|serialised|serialized|delimited)\b/i
const WIRE =
  /\b(?:\d*-?bytes?|\d*-?bits?|length|tag|field|varint|magic|checksum|crc\d*|utf-8|json|header|big[- ]endian|little[- ]endian|prefix|suffix|delimiter|newline|null-terminated|cursor|status)\b|0x[\da-f]+|\bX-[A-Z]/i
const SIGNATURE =
  /\b(?:takes|accepts|expects|returns|resolves to|yields|throws)\b.*(?:`[^`]+`|\{[^}]*:|\b[A-Za-z_]\w*(?:\[\]|<\w+>)|\b\w+\(\))/

/** Whether a statement describes an interface: a route, the layout of a message, what a call takes and returns. */
export function callsContract(text: string): boolean {
  if (ROUTE.test(text)) return true
  if (CARRIER.test(text) && WIRE.test(text)) return true
  return SIGNATURE.test(text) && /^[`\w./]+(?:\(|`)/.test(text)
}
