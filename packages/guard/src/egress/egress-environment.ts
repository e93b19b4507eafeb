import { parseHostPattern } from './host-pattern.ts'

/** Names of the loopback interface, which inside of a sandbox is the sandbox's own. */
const local = ['localhost', '127.0.0.1', '::1']

/**
 * Variables that make curl, git, npm, pip, cargo, go and Node use the proxy. The loopback interface is reached directly,
 * since servers of the sandbox listen there, except by a name that the policy has for the one of the host.
 */
export const egressEnvironment = (port: number, allowed: readonly string[]): Record<string, string> => {
  const proxy = `http://127.0.0.1:${port}`
  const named = new Set(allowed.map((text) => parseHostPattern(text)?.name))
  const direct = local.filter((name) => !named.has(name)).join(',')
  return {
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    ALL_PROXY: proxy,
    all_proxy: proxy,
    NO_PROXY: direct,
    no_proxy: direct,
    npm_config_noproxy: direct,
    YARN_HTTP_PROXY: proxy,
    YARN_HTTPS_PROXY: proxy,
    NODE_USE_ENV_PROXY: '1',
  }
}
