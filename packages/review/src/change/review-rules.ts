import type { Severity } from '../audit/models/model.ts'

interface Rule {
  id: string
  /** 0: not about security. */
  cwe: number
  severity: Severity
  title: string
  fix: string
}

const rule = (id: string, cwe: number, severity: Severity, title: string, fix: string): Rule => ({
  id,
  cwe,
  severity,
  title,
  fix,
})

/** What a change is looked at for, besides the rules of the audit. */
export const reviewRules = {
  secret: rule(
    'added-secret',
    798,
    'high',
    'A secret is added',
    'Remove it from the change and its history, revoke it, and read it from the environment.',
  ),
  api: rule(
    'api-break',
    0,
    'medium',
    'Exports are removed or changed',
    'Keep the old form beside the new one, or name the break in the changelog.',
  ),
  untested: rule(
    'untested-change',
    0,
    'low',
    'No test reaches the change',
    'Add a test that fails without the change.',
  ),
  clone: rule(
    'duplicate-code',
    0,
    'low',
    'Added code repeats code that exists',
    'Call the existing code, or move what both share into one place.',
  ),
  complexity: rule(
    'complexity-jump',
    0,
    'low',
    'A function became much more complex',
    'Split it along its branches.',
  ),
  source: rule(
    'dependency-source',
    829,
    'high',
    'A dependency comes from outside the registry',
    'Use a published version, or pin the exact commit and review it.',
  ),
  range: rule(
    'dependency-range',
    1357,
    'medium',
    'A dependency accepts more versions than before',
    'Name the range that was tested.',
  ),
  dependency: rule(
    'new-dependency',
    1357,
    'low',
    'Dependencies are added',
    'Look at who keeps it, and whether it is needed.',
  ),
  script: rule(
    'install-script',
    829,
    'high',
    'A script runs on installation',
    'Do the work in a step that is called by name.',
  ),
  conflict: rule(
    'conflict-marker',
    0,
    'high',
    'A conflict is not resolved',
    'Resolve it and remove the markers.',
  ),
  debug: rule('debugger-left', 489, 'medium', 'A debugger statement is left', 'Remove it.'),
  focused: rule('focused-test', 0, 'high', 'Only a part of the tests runs', 'Remove the focus.'),
  skipped: rule('skipped-test', 0, 'medium', 'A test is skipped', 'Mend it, or delete it and say why.'),
  assertions: rule(
    'deleted-assertions',
    0,
    'medium',
    'Assertions are removed',
    'Keep what the tests check, or say why it is no longer so.',
  ),
  binary: rule(
    'binary-added',
    506,
    'medium',
    'A binary that nobody can review is added',
    'Build it from source where it is needed.',
  ),
  huge: rule('huge-file', 0, 'low', 'A large file is added', 'Keep it outside the repository.'),
  generated: rule(
    'generated-file',
    0,
    'low',
    'Something built is added',
    'Ignore it and build it where it is needed.',
  ),
  executable: rule(
    'executable-mode',
    0,
    'low',
    'A file becomes executable',
    'Keep the mode unless the file is run directly.',
  ),
  link: rule(
    'link-outside',
    59,
    'medium',
    'A link leads out of the repository',
    'Link to a relative path inside.',
  ),
  submodule: rule(
    'submodule-change',
    829,
    'low',
    'Code of another repository is taken in',
    'Review that commit as well.',
  ),
  bidi: rule(
    'hidden-text',
    1007,
    'high',
    'Text is shown in another order than it is read',
    'Remove the control characters.',
  ),
  suppression: rule(
    'suppression-added',
    0,
    'low',
    'A finding is accepted by a comment',
    'Check owner, reason and end.',
  ),
} as const satisfies Record<string, Rule>

export type ReviewRule = keyof typeof reviewRules
