import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { detectLocal } from './detect-local.ts'
import { scriptedServer } from './testing/scripted-server.ts'

test('finds the servers that answer and lists their models; others do not count', async () => {
  await using ollama = await scriptedServer([{ text: '' }], ['qwen3-coder:30b', 'gpt-oss:20b'])
  const closed = await scriptedServer([{ text: '' }])
  await closed.close()
  // A web server of somebody else, and one that never answers.
  const other = createServer((_, response) => response.end('<html>hello</html>')).listen(0, '127.0.0.1')
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  const address = (server: typeof other) => {
    const bound = server.address()
    return `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/v1`
  }
  try {
    const found = await detectLocal(fetch, {
      ollama: ollama.baseUrl(),
      lmstudio: closed.baseUrl(),
      llamacpp: address(other),
      vllm: address(silent),
    })
    expect(found).toEqual([
      { provider: 'ollama', baseUrl: ollama.baseUrl(), models: ['qwen3-coder:30b', 'gpt-oss:20b'] },
    ])
  } finally {
    for (const server of [other, silent]) {
      server.close()
      server.closeAllConnections()
    }
  }
})
