import type { Hit } from '../engine/machine.ts'
import type { Program } from '../engine/program.ts'
import { findExposedFolders } from './find-exposed-folders.ts'
import { findForgeableSessions } from './find-forgeable-sessions.ts'
import { findFreeUploads } from './find-free-uploads.ts'
import { findGuessableTemp } from './find-guessable-temp.ts'
import { findOpenModels } from './find-open-models.ts'
import { findOpenOrigins } from './find-open-origins.ts'
import { findOpenRoutes } from './find-open-routes.ts'
import { findPlainTransport } from './find-plain-transport.ts'
import { findSettings } from './find-settings.ts'
import { findUrlPasswords } from './find-url-passwords.ts'
import { outline } from './outline.ts'

/** Defects that the shape of a program shows: what is missing, rather than what a value reaches. */
export function findStructure(program: Program): Hit[] {
  const outlines = [...program.files.values()].map(outline)
  return [
    ...findOpenRoutes(outlines, program),
    ...findExposedFolders(outlines),
    ...findForgeableSessions(outlines),
    ...findFreeUploads(outlines),
    ...findPlainTransport(outlines),
    ...findGuessableTemp(outlines),
    ...findOpenModels(outlines),
    ...findOpenOrigins(outlines),
    ...findSettings(outlines),
    ...findUrlPasswords(outlines),
  ]
}
