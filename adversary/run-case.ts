import type { AttackCase } from './attack-case.ts'
import { openArena } from './arena.ts'
import { losses, surroundings } from './losses.ts'
import { play } from './play.ts'

/** How a case ended. `held`: the attack was made and reached nothing. */
export interface CaseResult {
  id: string
  title: string
  verdict: 'held' | 'broken' | 'void'
  /** What was reached, or why the case says nothing. */
  detail: string
  ms: number
}

/** Plays one attack in an arena of its own and judges it from outside. */
export async function runCase(attack: AttackCase, now: () => number): Promise<CaseResult> {
  const started = now()
  const end = (verdict: CaseResult['verdict'], detail: string): CaseResult => ({
    id: attack.id,
    title: attack.title,
    verdict,
    detail,
    ms: Math.round(now() - started),
  })
  await using arena = await openArena()
  attack.fixture?.(arena)
  const before = surroundings(arena)
  const played = await play(arena, attack.model(arena), attack.session?.(arena))
  try {
    await attack.afterwards?.(arena, played)
  } catch (error) {
    return end('void', `afterwards: ${error instanceof Error ? error.message : String(error)}`)
  }
  const reached = (await attack.success?.(arena, played)) ?? (await losses(arena, played, before))
  if (reached !== null) return end('broken', reached)
  if (attack.endsEarly === true || played.complete) return end('held', '')
  // An attack that was never made proves nothing.
  const why = played.error instanceof Error ? played.error.message : JSON.stringify(played.end)
  return end('void', `the model did not get to the end of its script: ${why}`)
}
