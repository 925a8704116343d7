// POST /leaderboard/<game> {"player":"ada","score":120} enters a score, GET has the ten best.

const places = 10

/** @type {FunctionHandler} */
module.exports = async (req, res) => {
  const game = req.path.split('/')[2] ?? ''
  if (!/^[\w-]{1,50}$/.test(game)) return res.status(404).json({ error: 'There is no such game.' })

  const key = `leaderboard:${game}`
  if (req.method !== 'POST') return res.json({ leaderboard: (await kv.get(key)) ?? [] })

  const { player, score } = req.body
  if (typeof player !== 'string' || player.length > 50 || !Number.isFinite(score)) {
    return res.status(400).json({ error: 'Send {"player": "…", "score": …}.' })
  }
  const leaderboard = await kv.update(key, (board) => enter(board ?? [], { player, score }))
  res.json({ leaderboard })
}

/** Every player stands once, with the best score; of equal scores, the earlier is first. */
function enter(board, entry) {
  const own = board.find(({ player }) => player === entry.player)
  if (own && own.score >= entry.score) return board
  return [...board.filter((other) => other !== own), entry]
    .sort((a, b) => b.score - a.score)
    .slice(0, places)
}
