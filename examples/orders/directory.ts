import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs something in an empty data directory, which is removed afterwards. */
export async function withDirectory<Result>(
  run: (data: string) => Promise<Result>,
): Promise<Result> {
  const data = await mkdtemp(join(tmpdir(), 'kvasir-orders-'))
  try {
    return await run(data)
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}
