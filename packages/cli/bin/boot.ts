/** First code of the process: everything else is loaded after the compile cache is on, and only as far as needed. */
import { enableCompileCache } from 'node:module'

enableCompileCache()

/** Nobody reads any more (`cairn … | head -1`, a closed terminal): a session ends in good order, all else at once. */
function onLost(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  if (lost) return
  lost = true
  if (!process.emit('SIGHUP')) process.exit(0)
}
let lost = false
process.stdout.on('error', onLost)
process.stderr.on('error', onLost)

const { main } = await import('../src/main.ts')
process.exitCode = await main(process.argv.slice(2), process)
