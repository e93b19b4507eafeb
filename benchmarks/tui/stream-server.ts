import { createServer } from 'node:http'

/** A model server on 127.0.0.1 that streams `pieces` of Markdown, one each `everyMs`, in the chat format. */
export async function streamServer(options: { everyMs: number; pieces: number }): Promise<{
  baseUrl: string
  /** Resolves when the answer is complete. */
  done: Promise<void>
  close(): void
}> {
  let finish: () => void = () => undefined
  const done = new Promise<void>((resolve) => (finish = resolve))
  const words = ['The ', 'parser ', 'reads `a` ', 'line ', 'at a **time**, ', 'and ', 'keeps ', 'the rest. ']
  const pieceOf = (n: number) => (n % 60 === 59 ? '\n\n' : (words[n % words.length] ?? ''))
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let sent = 0
    const send = (delta: object, reason: string | null) =>
      response.write(
        `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`,
      )
    const begin = performance.now()
    const timer = setInterval(() => {
      // What a late timer missed is sent at once: the rate holds over time.
      const due = Math.min(options.pieces, Math.floor((performance.now() - begin) / options.everyMs))
      while (sent < due) {
        send({ content: pieceOf(sent) }, null)
        sent += 1
      }
      if (sent < options.pieces) return
      clearInterval(timer)
      send({}, 'stop')
      response.end('data: [DONE]\n\n')
      finish()
    }, options.everyMs)
    response.on('close', () => clearInterval(timer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    done,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
