/** First code of the process: everything else is loaded after the compile cache is on, and only as far as needed. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { main } = await import('../src/main.ts')
process.exitCode = await main(process.argv.slice(2), process)
