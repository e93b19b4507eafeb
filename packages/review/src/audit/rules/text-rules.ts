import type { PlainHit } from '../build-findings.ts'

/** Reads a file that is no program of a language that is followed: workflow, Dockerfile, shell script. */
export function checkText(path: string, text: string): PlainHit[] {
  const hits: PlainHit[] = []
  const lines = text.split('\n')
  const hit = (rule: string, index: number, detail?: string) =>
    hits.push({
      rule,
      file: path,
      line: index + 1,
      column: (lines[index]?.search(/\S/) ?? 0) + 1,
      snippet: lines[index] ?? '',
      ...(detail === undefined ? {} : { detail }),
    })

  if (/(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path) || /(?:^|\/)action\.ya?ml$/.test(path))
    checkWorkflow(lines, hit)
  if (/(?:^|\/)(?:Dockerfile|Containerfile)(?:\.\w+)?$|\.dockerfile$/i.test(path)) checkDockerfile(lines, hit)
  if (/(?:\.(?:sh|bash|ya?ml)|(?:^|\/)(?:Dockerfile|Containerfile|Makefile)(?:\.\w+)?)$/i.test(path))
    for (const [index, line] of lines.entries())
      if (
        /^(?!\s*#).*\b(?:curl|wget)\b[^|#]*\|\s*(?:sudo\s+)?(?:-E\s+)?(?:ba|z|da)?sh\b/.test(line) ||
        /\b(?:bash|sh)\s+(?:-c\s+["']?\$|<)\(\s*(?:curl|wget)\b/.test(line)
      )
        hit('curl-pipe-shell', index)
  return hits
}

type Report = (rule: string, index: number, detail?: string) => void

const untrusted =
  /\$\{\{\s*[^}]*\bgithub\.(?:event\.(?:issue\.(?:title|body)|pull_request\.(?:title|body|head\.(?:ref|label|repo\.default_branch))|comment\.body|review\.body|review_comment\.body|discussion\.(?:title|body)|pages?\S*\.page_name|commits?\S*\.(?:message|author\.(?:email|name))|head_commit\.(?:message|author\.(?:email|name))|workflow_run\.(?:head_branch|head_commit\.message)|inputs\.\w+)|head_ref)[^}]*\}\}/

function checkWorkflow(lines: readonly string[], hit: Report): void {
  const text = lines.join('\n')
  const privileged =
    /^\s*(?:on:.*\b)?(?:pull_request_target|workflow_run)\b|\bon:\s*\[?[^\]\n]*pull_request_target/m.test(
      text,
    )
  let script: number | null = null
  for (const [index, line] of lines.entries()) {
    const indent = line.search(/\S/)
    if (script !== null && indent !== -1 && indent <= script) script = null
    const run = /^(\s*(?:-\s+)?)(?:run|script):\s*(\S.*)?$/.exec(line)
    if (run !== null) script = run[1]?.length ?? 0
    if (script !== null && untrusted.test(line)) hit('workflow-injection', index, untrusted.exec(line)?.[0])
    const uses = /^\s*(?:-\s+)?uses:\s*["']?([^\s"'#]+)/.exec(line)?.[1]
    if (uses === undefined || uses.startsWith('./') || uses.startsWith('docker://')) continue
    if (!/@[0-9a-f]{40}$/.test(uses)) hit('workflow-unpinned-action', index, uses)
    if (privileged && uses.startsWith('actions/checkout@')) {
      const step = lines.slice(index, index + 8).join('\n')
      if (/ref:.*(?:github\.event\.pull_request\.head|github\.head_ref|workflow_run\.head)/.test(step))
        hit('workflow-untrusted-checkout', index)
    }
  }
}

function checkDockerfile(lines: readonly string[], hit: Report): void {
  let from = -1
  let user: string | null = null
  for (const [index, line] of lines.entries()) {
    if (/^\s*FROM\b/i.test(line)) {
      from = index
      user = null
    }
    const named = /^\s*USER\s+(\S+)/i.exec(line)?.[1]
    if (named !== undefined) user = named
    const secret = /^\s*(?:ENV|ARG)\s+(\w*(?:PASSWORD|SECRET|TOKEN|API_KEY)\w*)[= ]["']?([^\s"'$]{6,})/i.exec(
      line,
    )
    if (secret !== null) hit('hardcoded-secret', index, secret[1])
  }
  if (from !== -1 && (user === null || user === 'root' || user === '0')) hit('docker-root', from)
}
