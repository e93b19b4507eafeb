const ROUTE =
  /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD)\s+\/\S*[^.]{0,20}?\b(?:takes?|returns?|responds?|accepts?|answers?|expects?|requires?|gives?|yields?|replies|sends?|is)\b/
const CARRIER =
  /\b(?:frames?|packets?|messages?|records?|payloads?|bod(?:y|ies)|headers?|envelopes?|requests?|responses?|repl(?:y|ies)|events?|datagrams?|chunks?|blocks?|segments?|footers?|trailers?|lines?|rows?|tokens?|cursors?|protocol|endpoint|handshake|stream|file format|files?)\b[^.]{0,40}?\b(?:starts?|begins?|ends?|opens?|carr(?:y|ies)|consists?|contains?|includes?|encoded|followed|prefixed|terminated|serialised|serialized|delimited)\b/i
const WIRE =
  /\b(?:\d*-?bytes?|\d*-?bits?|length|tag|field|varint|magic|checksum|crc\d*|utf-8|json|header|big[- ]endian|little[- ]endian|prefix|suffix|delimiter|newline|crlf|tabs?|null-terminated|cursor|status)\b|0x[\da-f]+|\bX-[A-Z]/i
/** "The header is 16 bytes", "every reply is a JSON array": what a unit of the exchange is made of. */
const MADE_OF =
  /\b(?:headers?|footers?|trailers?|frames?|packets?|records?|messages?|envelopes?|chunks?|blocks?|segments?|events?|repl(?:y|ies)|responses?|requests?|payloads?|bod(?:y|ies)|entr(?:y|ies)|lines?|fields?|cookies?|tokens?)\b(?: of [\w ]{2,20}?)? (?:is|are)(?: always)? (?:an? )?(?:\d+|two|four|eight|sixteen|\w+-encoded|JSON|XML|YAML|CBOR|msgpack|protobuf|base64|hex|UTF-8|little|big|newline|length|null)\b/i
const EXIT =
  /\bexit(?:s|ed)?\b(?: (?:code|status))?(?: (?:with|is|of|code|status))*\s+\d{1,3}\b.*\b(?:when|if|on|for|where|unless)\b/i
const NAMED =
  /\b(?:function|method|call|helper|endpoint|hook|command|route|callback|constructor)\s+`[^`]+`\s+(?:returns|throws|takes|accepts|yields|resolves|rejects|expects|answers|emits)\b/i
const HEADER =
  /\b(?:sends?|pass(?:es)?|carr(?:y|ies)|expects?|goes|go|travels?)\b[^.]*\bin (?:the|an?) [\w-]+ header\b/i
const CALL =
  /^`[^`]*\([^`]*\)`\s+(?:returns|throws|takes|accepts|yields|resolves|rejects|expects|answers|emits)\b/
const SIGNATURE =
  /\b(?:takes|accepts|expects|returns|resolves to|rejects with|emits|yields|throws)\b.*(?:`[^`]+`|\{[^}]*:|\b[A-Za-z_]\w*(?:\[\]|<\w+>)|\b\w+\(\))/

/** Whether a statement describes an interface: a route, the layout of a message, what a call takes and returns. */
export function callsContract(text: string): boolean {
  if (ROUTE.test(text)) return true
  if (MADE_OF.test(text) || HEADER.test(text) || CALL.test(text) || EXIT.test(text) || NAMED.test(text))
    return true
  if (CARRIER.test(text) && WIRE.test(text)) return true
  return SIGNATURE.test(text) && /^[`\w./]+(?:\(|`)/.test(text)
}
