import type { Registries } from './registries.ts'

/** Reads the file as it is on disk now; null where it is absent, binary or too large to be shown. */
export type Disk = (path: string) => { sha256: string; text: string } | null

export interface RegistrySection {
  kind: 'files' | 'tests' | 'plan' | 'processes' | 'requests' | 'skills' | 'images'
  /** Lines ending in a newline, without a heading. Never empty. */
  text: string
  /** Items left out by the bound of the section; their number is in `text`. */
  omitted: number
}

export interface RenderedRegistries {
  /** All sections with headings, in a fixed order. */
  text: string
  sections: RegistrySection[]
}

export interface RegistryLimits {
  /** Tokens of each section. Default 1,500. Plan, processes and open requests are never cut. */
  sectionTokens?: number
}

/**
 * The registries as text. Hashes are compared with the disk as it is now: a file that differs is labelled as changed
 * since it was seen, a check result on another tree as stale (I8).
 */
export function renderRegistries(
  state: Registries,
  disk: Disk,
  limits: RegistryLimits = {},
): RenderedRegistries {
  void [state, disk, limits]
  return { text: '', sections: [] }
}

/** What the read-before-edit rule needs: whether what the model last saw of a file is what is on disk now. */
export function readState(
  state: Registries,
  path: string,
  disk: Disk,
): 'never-read' | 'current' | 'stale' | 'absent' {
  void [state, path, disk]
  return 'never-read'
}
