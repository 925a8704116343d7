// POST /share {"data": …} makes a link for an hour; with "once": true, it can be read once.
// GET /share/<id> reads it.

/** @type {FunctionHandler} */
export default async (req, res) => {
  if (req.method === 'POST') return share(req, res)

  const id = req.path.split('/')[2] ?? ''
  if (!/^[\da-f-]{36}$/.test(id)) return res.status(404).json({ error: 'That is no link.' })
  // Of all who read at once, one is given what it deletes.
  const shared = (await kv.get(`share:${id}`)) ?? (await kv.getAndDelete(`share-once:${id}`))
  if (shared === null) return res.status(404).json({ error: 'That link has been used, or is old.' })
  res.json(shared)
}

/** @type {FunctionHandler} */
const share = async (req, res) => {
  const { data = null, once } = req.body
  const id = crypto.randomUUID()
  await kv.set(`${once === true ? 'share-once' : 'share'}:${id}`, { data }, '1h')
  res.status(201).json({ id, url: `${req.baseUrl}/share/${id}` })
}
