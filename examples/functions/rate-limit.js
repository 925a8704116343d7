// GET /rate-limit answers ten times a minute for each client, and not once more.

const limit = 10

/** @type {FunctionHandler} */
module.exports = async (req, res) => {
  const client = req.get('x-api-key')?.slice(0, 100) ?? req.ip
  const { allowed, remaining, resetAt } = await kv.rateLimit(`hits:${client}`, {
    limit,
    window: '1m',
  })
  res.set({
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': String(secondsUntil(resetAt)),
  })
  if (allowed) return res.json({ remaining })
  res.set('Retry-After', String(secondsUntil(resetAt)))
  res.status(429).json({ error: `That is more than ${limit} requests a minute.` })
}

function secondsUntil(instant) {
  return Math.max(1, Math.ceil((instant - Date.now()) / 1000))
}
