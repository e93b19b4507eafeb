/** A setting that is wrong where its value reads like `value`, and not like `unless`; only in files with such a name. */
export interface SettingModel {
  rule: string
  name: RegExp
  value: RegExp
  unless?: RegExp
  files?: RegExp
}

/** Settings of Django and Flask. */
export const settings: readonly SettingModel[] = [
  {
    rule: 'cookie-flags',
    name: /^(?:SESSION|CSRF|REMEMBER)_COOKIE_(?:SECURE|HTTPONLY)$|^JWT_COOKIE_SECURE$/,
    value: /^false$/i,
  },
  {
    rule: 'csrf-disabled',
    name: /^WTF_CSRF_(?:ENABLED|CHECK_DEFAULT)$|^JWT_COOKIE_CSRF_PROTECT$/,
    value: /^false$/i,
  },
  {
    rule: 'csrf-disabled',
    name: /^MIDDLEWARE(?:_CLASSES)?$/,
    value: /SessionMiddleware/,
    unless: /[Cc]srf/,
  },
  {
    rule: 'debug-mode',
    name: /^DEBUG$/,
    value: /^true$/i,
    files: /settings|config|prod|(?:^|\/)(?:app|main|wsgi|run)\.py$/,
  },
  { rule: 'cors-any', name: /^CORS_(?:ORIGIN_ALLOW_ALL|ALLOW_ALL_ORIGINS)$/, value: /^true$/i },
  { rule: 'plain-transport', name: /^SECURE_SSL_REDIRECT$/, value: /^false$/i },
  { rule: 'weak-hash', name: /^PASSWORD_HASHERS$/, value: /^\S*(?:MD5|SHA1|Crypt)PasswordHasher/ },
  { rule: 'unsafe-deserialization', name: /^SESSION_SERIALIZER$/, value: /PickleSerializer/ },
]
