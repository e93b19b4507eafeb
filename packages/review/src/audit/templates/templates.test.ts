import { expect, test } from 'vitest'
import { auditFiles } from '../audit.ts'
import { readTemplate } from './read-template.ts'

const raw = (path: string, text: string) => readTemplate(path, text)?.raw.map((one) => one.path.join('.'))

test.each([
  ['v.ejs', "<%- a.b %> <%= c %> <%- include('x') %>", ['a.b']],
  ['v.hbs', '{{{a}}} {{b}} {{#each rows}}{{{this.text}}}{{/each}}', ['a', 'rows.text']],
  ['v.pug', 'p!= a.b\np= c\np text !{d}', ['a.b', 'd']],
  ['v.html', '{{ a|safe }} {{ b }} {{ c|escape|safe }}', ['a']],
  ['v.html', '{% autoescape false %}{{ a }} {{ b|e }}{% endautoescape %}{{ c }}', ['a']],
  ['v.html', '{% for row in rows %}{{ row.text|safe }}{% endfor %}', ['rows.text']],
  ['V.vue', '<p v-html="comment.text"></p>', ['comment.text']],
])('%s %s', (path, text, expected) => expect(raw(path, text)).toEqual(expected))

test('a file of another kind is no template', () => expect(readTemplate('a.js', '<%- a %>')).toBeNull())

test('what a route gives to a template is reported where the template puts it into the page as it is', async () => {
  const audit = async (output: string, value: string) =>
    (
      await auditFiles(
        [
          {
            path: 'app.js',
            text: `require('express')().get('/', (req, res) => res.render('page', { q: ${value} }))`,
          },
          { path: 'views/page.ejs', text: `<p>\n${output}</p>` },
        ],
        { today: '2026-01-01' },
      )
    ).findings.map((one) => `${one.rule} ${one.place.file}:${one.place.line} from ${one.flow[0]?.file}`)
  expect(await audit('<%- q %>', 'req.query.q')).toEqual(['raw-output views/page.ejs:2 from app.js'])
  expect(await audit('<%= q %>', 'req.query.q')).toEqual([])
  expect(await audit('<%- q %>', 'Number(req.query.q)')).toEqual([])
})

test('scripts in pages are read at their place', async () => {
  const page = `<html>\n<script>\ndocument.body.innerHTML = location.hash\n</script>\n<script type="application/json">{"a": 1}</script>\n</html>\n`
  const { findings, unparsed } = await auditFiles([{ path: 'page.html', text: page }], {
    today: '2026-01-01',
  })
  expect(findings.map((one) => `${one.rule}:${one.place.line}`)).toEqual(['dom-xss:3'])
  expect(unparsed).toEqual([])
})
