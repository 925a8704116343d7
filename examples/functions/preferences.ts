// GET /preferences/<user> reads them, PATCH {"theme":"dark"} changes some, DELETE forgets them all.

interface Preferences {
  theme: 'light' | 'dark'
  language: string
  notifications: boolean
}

const defaults: Preferences = { theme: 'light', language: 'en', notifications: true }

const accepts = new Map<string, (value: unknown) => boolean>([
  ['theme', (value) => value === 'light' || value === 'dark'],
  ['language', (value) => typeof value === 'string' && /^[a-z]{2}$/.test(value)],
  ['notifications', (value) => typeof value === 'boolean'],
])

const preferences: FunctionHandler = async (req, res) => {
  const user = req.path.split('/')[2] ?? ''
  if (!/^[\w-]{1,50}$/.test(user)) return res.status(404).json({ error: 'There is no such user.' })

  const key = `preferences:${user}`
  if (req.method === 'DELETE') await storage.kvStore.delete(key)
  if (req.method === 'PATCH') {
    const wrong = wrongNames(req.body)
    if (wrong.length > 0)
      return res.status(400).json({ error: `Cannot take: ${wrong.join(', ')}.` })
    // Only the given fields are written, so that two devices may change two of them at once.
    await storage.kvStore.patch<Partial<Preferences>>(key, { ...req.body })
  }
  res.json({ ...defaults, ...(await storage.kvStore.get<Partial<Preferences>>(key)) })
}

function wrongNames(body: object): string[] {
  return Object.entries(body)
    .filter(([name, value]) => !accepts.get(name)?.(value))
    .map(([name]) => name)
}

export default preferences
