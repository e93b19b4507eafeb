import type { Program } from '../audit/engine/program.ts'
import type { Outline } from '../audit/structure/outline.ts'
import type { Asset } from './threat-model.ts'

const SECRET_NAME =
  /SECRET|TOKEN|PASSW|PRIVATE|CREDENTIAL|API_?KEY|_KEY$|DSN|DATABASE_URL|MONGO\w*_UR[IL]|REDIS_URL|CONNECTION_STRING/
const ENVIRONMENT =
  /(?:process\.env(?:\.|\[['"])|os\.environ(?:\.get\(|\[)\s*['"]|os\.getenv\(\s*['"]|\bconfig\(\s*['"]|Deno\.env\.get\(\s*['"])([A-Z][A-Z0-9_]+)/g
const FIELD =
  /(?<![\w.])['"]?(e_?mail(?:_?address)?|phone(?:_?number)?|mobile|birth_?(?:date|day)|date_?of_?birth|dob|(?:home|postal|shipping|billing)_?address|street|ssn|social_?security(?:_?number)?|national_?id|passport_?(?:no|number)|iban|tax_?id|first_?name|last_?name|full_?name|salary|diagnosis|medical_?\w+)['"]?\s*[:=](?!=)/gi
const NAMED: readonly (readonly [Asset['kind'], string, RegExp])[] = [
  [
    'credentials',
    'passwords',
    /\b(?:bcrypt(?:js)?|argon2|scrypt|pbkdf2\w*|passlib|check_password(?:_hash)?|generate_password_hash|make_password|set_password)\b/,
  ],
  [
    'sessions',
    'sessions and tokens',
    /['"](?:express-session|cookie-session|@fastify\/(?:secure-)?session|koa-session|iron-session|jsonwebtoken|jose|next-auth|@auth\/\w+|passport)['"]|\b(?:import jwt|from jose|itsdangerous|SessionMiddleware|flask_login|flask_jwt_extended|django\.contrib\.sessions|create_access_token)\b/,
  ],
  [
    'payments',
    'payments',
    /['"](?:stripe|braintree|@paypal\/[\w-]+|@adyen\/[\w-]+)['"]|\bimport (?:stripe|braintree)\b|\bcard_?number\b/i,
  ],
  [
    'files',
    'uploaded files',
    /['"](?:multer|busboy|formidable|multiparty|@fastify\/multipart|@koa\/multer|express-fileupload)['"]|\bUploadFile\b|request\.(?:files|FILES)\b|\bFileField\b|FileInterceptor/,
  ],
]

/** What the code handles that somebody could want: by names of settings, fields and libraries. */
export function findAssets(outlines: readonly Outline[], program: Program): Asset[] {
  const found = new Map<string, Asset>()
  const add = (kind: Asset['kind'], name: string, file: string, at: number) => {
    const known = found.get(`${kind} ${name}`) ?? { kind, name, at: [] }
    if (!known.at.some((one) => one.file === file)) known.at.push({ file, line: program.line(file, at) })
    found.set(`${kind} ${name}`, known)
  }
  for (const { file } of outlines) {
    const { path, text } = file
    const isComment = (at: number) =>
      /^\s*(?:#|\/\/|\*|\/\*)/.test(text.slice(text.lastIndexOf('\n', at) + 1, at + 1))
    for (const match of text.matchAll(ENVIRONMENT))
      if (SECRET_NAME.test(match[1] ?? '') && !isComment(match.index))
        add('secrets', match[1] ?? '', path, match.index)
    for (const match of text.matchAll(FIELD))
      if (!isComment(match.index)) add('personal data', canonical(match[1] ?? ''), path, match.index)
    for (const [kind, name, pattern] of NAMED) {
      const at = text.search(pattern)
      if (at !== -1 && !isComment(at)) add(kind, name, path, at)
    }
  }
  return [...found.values()].toSorted((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1))
}

const canonical = (name: string) =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
    .replace(/^e ?mail( address)?$/, 'email')
