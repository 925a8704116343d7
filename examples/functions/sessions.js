// POST /sessions {"user":"ada"} logs in, GET tells who is logged in, DELETE logs out.

// Each visit gives a session all of its time again.
const ttl = '30m'

/** @type {FunctionHandler} */
module.exports = async (req, res) => {
  if (req.method === 'POST') return logIn(req, res)

  const key = `session:${idOf(req.cookies.session)}`
  if (req.method === 'DELETE') {
    const wasLoggedIn = await kv.delete(key)
    return res.clearCookie('session').json({ wasLoggedIn })
  }
  try {
    res.json(await kv.update(key, visit, { ttl }))
  } catch (error) {
    if (!(error instanceof NoSession)) throw error
    res.status(401).json({ error: error.message })
  }
}

/** @type {FunctionHandler} */
const logIn = async (req, res) => {
  const { user } = req.body
  if (typeof user !== 'string') return res.status(400).json({ error: 'Send {"user": "…"}.' })

  const id = crypto.randomUUID()
  await kv.set(`session:${id}`, { user, visits: 0 }, ttl)
  res.cookie('session', id, { httpOnly: true, sameSite: 'lax' }).status(201).json({ user })
}

class NoSession extends Error {}

/** What a visit makes of a session. To throw here leaves everything as it is. */
function visit(session) {
  if (session === null) throw new NoSession('You are not logged in.')
  return { ...session, visits: session.visits + 1 }
}

/** A cookie is what the client likes to send: it is an id of ours, or nobody's. */
function idOf(cookie) {
  return /^[\da-f-]{36}$/.test(cookie) ? cookie : 'none'
}
