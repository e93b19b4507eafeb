import type { Invocation } from '../command.ts'
import { UsageError } from '../usage-error.ts'

export async function run({ positionals }: Invocation): Promise<number> {
  throw new UsageError(`cairn context has no ${JSON.stringify(positionals[0])}`, 'See `cairn context --help`.')
}
