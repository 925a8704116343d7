// GET /flags lists the flags, GET /flags/<name>?user=<user> tells whether one is on for a user.
// POST /flags/admin changes one, with the token in FLAGS_TOKEN.

const { createHash, timingSafeEqual } = require('node:crypto')

/** @type {FunctionHandler} */
module.exports = async (req, res) => {
  const name = req.path.split('/')[2]
  if (!name) return res.json({ flags: await listFlags() })
  if (!isName(name)) return res.status(404).json({ error: 'There is no such flag.' })

  const { everybody = false } = await storage.kvStore.get(`flag:${name}`, ['everybody'])
  const { user } = req.query
  const isForUser = typeof user === 'string' && isName(user)
  const enabled =
    everybody || (isForUser && (await storage.kvStore.hasString(`flag:${name}`, 'users', user)))
  res.json({ name, enabled })
}

/** @type {FunctionHandler} */
module.exports.admin = async (req, res) => {
  if (!isAdmin(req)) return res.status(401).json({ error: 'That takes the token of FLAGS_TOKEN.' })
  if (req.method !== 'POST') return res.status(405).json({ error: 'POST a change of a flag.' })

  const { name, everybody, add, remove } = req.body
  if (!isName(name)) return res.status(400).json({ error: 'A name is made of a-z, 0-9 and "-".' })
  // Each of these is one atomic step: no two admins undo each other's change.
  if (typeof everybody === 'boolean') await storage.kvStore.patch(`flag:${name}`, { everybody })
  if (isName(add)) await storage.kvStore.addString(`flag:${name}`, 'users', add)
  if (isName(remove)) await storage.kvStore.removeString(`flag:${name}`, 'users', remove)
  res.json({ name })
}

async function listFlags() {
  const flags = []
  for await (const { key, value } of kv.entries({ prefix: 'flag:' })) {
    flags.push([key.slice('flag:'.length), value.everybody ?? false])
  }
  return Object.fromEntries(flags)
}

function isName(name) {
  return typeof name === 'string' && /^[a-z\d-]{1,50}$/.test(name)
}

/** Without a token of its own, the host has no admins. */
function isAdmin(req) {
  const token = process.env.FLAGS_TOKEN
  if (!token) return false
  const hashOf = (text) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hashOf(req.get('authorization') ?? ''), hashOf(`Bearer ${token}`))
}
