export { buildThreatModel } from './threat-model/build-threat-model.ts'
export { renderHtml } from './threat-model/render-html.ts'
export { renderMarkdown } from './threat-model/render-markdown.ts'
export { renderText } from './threat-model/render-text.ts'
