import type { Trace } from '@cairn/agent'

const COLOURS: Record<string, string> = {
  shown: '#1a7f37',
  open: '#9a6700',
  violated: '#cf222e',
  'not shown': '#57606a',
}

const escape = (text: string) => text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

/** A page of its own: no script, nothing loaded from elsewhere. */
export function traceHtml(title: string, trace: Trace): string {
  const rows = trace.rows.map(
    (row) =>
      `<tr><td>${escape(row.id)}</td><td>${escape(row.text)}<br><small>${escape(`${row.authority} ${row.type}`)}</small></td><td>${list(row.plan)}</td><td>${list(row.changes)}</td><td>${list(row.evidence.map((seq) => `event ${seq}`))}</td><td style="color:${COLOURS[row.status] ?? ''}">${row.status}</td></tr>`,
  )
  const checks = trace.checks.map(
    ({ result, seq }) =>
      `<li><code>${escape(result.command)}</code>: ${result.ok ? 'green' : 'red'} (event ${seq}, tree ${result.treeAfter.slice(0, 12)})</li>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse;width:100%}td,th{border:1px solid #8884;padding:.4rem .6rem;text-align:left;vertical-align:top}small{opacity:.7}ul{margin:0;padding-left:1.1rem}</style>
</head><body><h1>${escape(title)}</h1>
<table><thead><tr><th>id</th><th>statement</th><th>plan</th><th>changes</th><th>evidence</th><th>status</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>
<h2>Checks</h2><ul>${checks.join('\n')}</ul>
<h2>Changes that nothing speaks of</h2>${list(trace.unexplained)}
</body></html>
`
}

const list = (items: readonly string[]) =>
  items.length === 0 ? '–' : `<ul>${items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`
