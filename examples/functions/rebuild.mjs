// POST /rebuild/<name> rebuilds an index, which no two requests do at a time. GET shows it.

/** @type {FunctionHandler} */
export default async (req, res) => {
  const name = req.path.split('/')[2] ?? ''
  if (!/^[\w-]{1,50}$/.test(name)) return res.status(404).json({ error: 'There is no such index.' })
  if (req.method !== 'POST') return res.json(await kv.get(`index:${name}`))

  // Should this process die at work, the lock is free again after half a minute.
  const lock = await kv.lock(`rebuild:${name}`, { ttl: '30s' })
  if (lock === null) return res.status(409).json({ error: `${name} is being rebuilt right now.` })
  let index
  try {
    index = await rebuild(name, lock.fence)
  } finally {
    await lock.release()
  }
  res.json(index)
}

/**
 * A lock can run out while its holder is still at work, and somebody else has it by then. The
 * fence, higher for each holder, lets us see that: an older result never replaces a newer one.
 */
async function rebuild(name, fence) {
  const startedAt = Date.now()
  await sleep(20)
  const built = { fence, startedAt, finishedAt: Date.now() }
  return kv.update(`index:${name}`, (old) => {
    if (old && old.fence > fence) return old
    return { ...built, timesBuilt: (old?.timesBuilt ?? 0) + 1 }
  })
}
