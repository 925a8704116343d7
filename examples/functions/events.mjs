// POST /events {"type":"login"} logs an event, GET /events?limit=20 has the newest first and, with
// its "next" as ?cursor=…, those before. Events are kept for 30 days.

const ttl = '30d'

/** @type {FunctionHandler} */
export default async (req, res) => {
  if (req.method === 'POST') return log(req, res)

  const limit = Math.min(Math.max(Number.parseInt(String(req.query.limit), 10) || 20, 1), 100)
  const cursor = req.query.cursor ? String(req.query.cursor) : undefined
  try {
    const page = await kv.entries({ prefix: 'event:', reverse: true }).page({ limit, cursor })
    res.json({ events: page.items.map(({ value }) => value), next: page.cursor })
  } catch (error) {
    if (error.code !== 'KV_INVALID_CURSOR') throw error
    res.status(400).json({ error: error.message })
  }
}

/** @type {FunctionHandler} */
const log = async (req, res) => {
  const { type, data = null } = req.body
  if (typeof type !== 'string') return res.status(400).json({ error: 'Send {"type": "…"}.' })

  // A key for each event, in the order of their numbers: to log is a short write however many there
  // are. Should we die in between, a number is missing. None is ever given twice.
  const id = await kv.increment('event-count')
  const event = { id, type, data, at: new Date().toISOString() }
  await kv.set(`event:${String(id).padStart(12, '0')}`, event, ttl)
  res.status(201).json(event)
}
