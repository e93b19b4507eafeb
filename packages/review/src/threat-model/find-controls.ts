import type { Program } from '../audit/engine/program.ts'
import type { Outline } from '../audit/structure/outline.ts'
import type { Statement } from './threat-model.ts'

const CONTROLS = {
  identity: [
    ['passport checks who is there', /['"]passport['"]/],
    [
      'signed tokens are checked',
      /\bjwtVerify\b|\bjwt\.(?:verify|decode)\(|verify_jwt|JwtModule|@fastify\/jwt|flask_jwt_extended|decode_token/,
    ],
    [
      'sessions are kept by the server',
      /['"](?:express-session|koa-session|@fastify\/session)['"]|SessionMiddleware|django\.contrib\.sessions/,
    ],
    [
      'passwords are hashed by a slow function',
      /\b(?:bcrypt(?:js)?|argon2|scrypt(?:Sync)?|passlib|generate_password_hash|make_password)\b/,
    ],
    ['a comparison takes equal time', /\btimingSafeEqual\b|\bcompare_digest\b|\bconstant_time_compare\b/],
  ],
  input: [
    [
      'input is validated against a schema',
      /['"](?:zod|joi|yup|ajv|superstruct|valibot|class-validator|@hapi\/joi|express-validator|celebrate|@sinclair\/typebox)['"]|\b(?:from|import) (?:pydantic|marshmallow|cerberus|wtforms|rest_framework\.serializers|voluptuous)\b|serializers\.\w*Serializer|\bValidationPipe\b|\bValidationPipe\b/,
    ],
    [
      'forged requests are refused (CSRF)',
      /['"](?:csurf|csrf-csrf|csrf-sync|@fastify\/csrf-protection|lusca|koa-csrf)['"]|CsrfViewMiddleware|CSRFProtect|sameSite\s*:\s*['"](?:lax|strict)/i,
    ],
  ],
  trace: [
    [
      'what happens is logged',
      /['"](?:winston|pino(?:-http)?|morgan|bunyan)['"]|\bnew Logger\(|\bnew Logger\(|\blogging\.getLogger\b|\bstructlog\b|\bloguru\b|fastify\(\s*\{[^}]*logger/i,
    ],
    ['actions are written to an audit log', /\baudit_?log\w*\b|\bwrite_?audit\b|\brecord_?audit\b|AuditLog/i],
  ],
  disclosure: [
    [
      'headers protect the browser',
      /['"](?:helmet|@fastify\/helmet|koa-helmet)['"]|SecurityMiddleware|secure_headers|Talisman/,
    ],
    [
      'errors are answered in one place',
      /\bsetErrorHandler\b|\(\s*(?:err|error)\s*(?::\s*\w+)?\s*,\s*_?req|@app\.errorhandler|@app\.exception_handler|ExceptionFilter|\bonError\b/,
    ],
    [
      'origins of other sites are restricted',
      /\borigin\s*:\s*(?!\s*(?:true|['"]\*))[\w[('"]|allow_origins\s*=\s*\[\s*['"]https|CORS_ALLOWED_ORIGINS/,
    ],
  ],
  load: [
    [
      'requests are limited in number',
      /['"](?:express-rate-limit|@fastify\/rate-limit|rate-limiter-flexible|koa-ratelimit|@nestjs\/throttler|express-slow-down|@upstash\/ratelimit)['"]|\b(?:slowapi|flask_limiter|ratelimit|django_ratelimit|DEFAULT_THROTTLE_RATES)\b/,
    ],
    [
      'bodies are limited in size',
      /\b(?:bodyLimit|limit)\s*:\s*['"\d]|fileSize\s*:|MAX_CONTENT_LENGTH|DATA_UPLOAD_MAX_MEMORY_SIZE|client_max_size/,
    ],
    ['work for others ends in time', /\btimeout(?:Ms|_ms)?\s*[:=]|AbortSignal\.timeout|statement_timeout/],
  ],
  rights: [
    [
      'roles or permissions are asked for',
      /\b(?:require|has|check|ensure|verify)_?(?:role|permission|scope|admin)s?\b|@Roles\(|RolesGuard|permission_required|user_passes_test|IsAdminUser|\bcasl\b|casbin|\bisAdmin\b/i,
    ],
  ],
  data: [
    [
      'values are bound, not pasted into queries',
      /\$\d\b|\?\s*['"`]\s*,\s*\[|%s['"]\s*,\s*[([]|\bprisma\.\w+\.\w+\(|\.objects\.(?:filter|get)\(|\bselect\(\w+\)\.where\(|sql`/,
    ],
    [
      'the connection comes from the environment',
      /(?:connectionString|url|uri|dsn|DATABASE_URL|host)\s*[:=(]?\s*(?:process\.env|os\.environ|os\.getenv|env\()/i,
    ],
  ],
  egress: [
    [
      'hosts are checked against a list',
      /\b(?:ALLOWED|allowed)_?[Hh](?:OSTS|osts)\b|allow_?list\w*\.(?:has|includes)|\.hostname\s*(?:!==|===|not in|in)\b/,
    ],
  ],
  time: [['requests to others end in time', /\btimeout(?:Ms)?\s*[:=]|AbortSignal\.timeout/]],
  programs: [
    [
      'programs are started without a shell',
      /\b(?:execFile(?:Sync)?|spawn(?:Sync)?)\(|subprocess\.(?:run|check_output|Popen)\(\s*\[/,
    ],
  ],
} satisfies Record<string, readonly (readonly [string, RegExp])[]>

export type ControlKind = keyof typeof CONTROLS

/** What the code does against abuse, by kind, with up to three places each. */
export function findControls(
  outlines: readonly Outline[],
  program: Program,
): Record<ControlKind, Statement[]> {
  const of = (kind: ControlKind): Statement[] =>
    CONTROLS[kind].flatMap(([text, pattern]) => {
      const at = outlines.flatMap(({ file }) => {
        const index = file.text.search(pattern)
        return index === -1 ? [] : [{ file: file.path, line: program.line(file.path, index) }]
      })
      return at.length === 0 ? [] : [{ text, at: at.slice(0, 3) }]
    })
  return {
    identity: of('identity'),
    input: of('input'),
    trace: of('trace'),
    disclosure: of('disclosure'),
    load: of('load'),
    rights: of('rights'),
    data: of('data'),
    egress: of('egress'),
    time: of('time'),
    programs: of('programs'),
  }
}
