/** Whether a path is a test or support of tests: what is never to blame, and never to be edited, in a repair. */
export function isTestFile(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|spec|specs|e2e|fixtures|__mocks__)\/|(?:^|[/.\-_])(?:test|spec)s?\.[cm]?[jt]sx?$|\.(?:test|spec)[.-]/.test(
    path,
  )
}
