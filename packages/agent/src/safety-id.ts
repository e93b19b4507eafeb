import type { Model } from '@cairn/models'
import { createHash } from 'node:crypto'

/**
 * A stable name for whoever uses this data folder, from which nobody learns who that is: providers that support one can tell one
 * person of an organisation from another without suspending all of them.
 */
export function safetyIdOf(vkey: string): string {
  return createHash('sha256').update(`cairn-safety-id-1\n${vkey}`).digest('hex').slice(0, 32)
}

/** A model that sends the identifier with every request, whatever the request is for. */
export function withSafetyId(model: Model, safetyId: string): Model {
  return {
    info: model.info,
    ...(model.wire === undefined ? {} : { wire: model.wire }),
    ...(model.compacts === undefined ? {} : { compacts: model.compacts }),
    stream: (request, options) => model.stream({ ...request, safetyId }, options),
  }
}
