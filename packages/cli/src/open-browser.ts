import { spawn } from 'node:child_process'

/** Opens an address in the browser of the person, where there is one; says nothing where there is none. */
export function openBrowser(url: URL, platform: NodeJS.Platform): void {
  // Not through a shell: the address was made by a server.
  const [program, ...args] =
    platform === 'darwin'
      ? ['open', url.href]
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url.href]
        : ['xdg-open', url.href]
  if (program === undefined) return
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
