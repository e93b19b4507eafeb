/** Whether a file is JavaScript or TypeScript. */
export const isScript = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path)
/** Whether a file is source code that tests could reach. */
export const isCode = (path: string): boolean =>
  /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|swift|scala|c|cc|cpp|h|hpp)$/.test(path) &&
  !/\.d\.[cm]?ts$/.test(path)
/** Whether a file is a test or helps tests, in any language. */
export const isTest = (path: string): boolean =>
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e|fixtures|testing|testdata|__mocks__)\/|(?:^|[/._-])(?:test|spec)s?\.[cm]?[jt]sx?$|\.(?:test|spec)[.-]|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$|_test\.go$|_spec\.rb$|(?:Test|Tests|Spec|IT)\.(?:java|kt|scala|cs|php|swift)$/.test(
    path,
  )

/** Whether a runner of tests would start a file, by its name alone. */
export const isTestEntry = (path: string): boolean =>
  !/\.d\.[cm]?ts$/.test(path) &&
  /(?:^|[/._-])(?:test|spec)s?\.[cm]?[jt]sx?$|(?:^|\/)__tests__\/(?:[^/]+\/)*[^/]+\.[cm]?[jt]sx?$|(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$|_test\.go$/.test(
    path,
  )

/** What an import may leave out at the end of a name, in the order in which it is looked for. */
export const SCRIPT_ENDINGS: readonly string[] = [
  '',
  '.ts',
  '.tsx',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.mts',
  '.cts',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.jsx',
  '/index.mjs',
  '/index.cjs',
]
