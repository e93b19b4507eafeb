/** Makers that say truly which of their models answered; servers of other people's models use names of their own. */
const MAKERS: ReadonlySet<string> = new Set(['openai', 'anthropic', 'google', 'gemini'])

const plain = (id: string): string =>
  id
    .toLowerCase()
    .replace(/^models\//u, '')
    .replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest|preview.*)$/u, '')

/** Whether another model answered than the one that was asked: providers do that to requests that they find risky. */
export function isRerouted(provider: string, asked: string, served: string | null): boolean {
  return served !== null && served !== '' && MAKERS.has(provider) && plain(served) !== plain(asked)
}
