// POST /cart/<user> {"product":"tea","quantity":2} puts something in, or, below 0, takes it out.
// GET shows the cart, DELETE empties it. A cart that nobody touches for a week is gone.

interface Cart {
  items: Record<string, number>
  /** In cents. */
  total: number
}

// Prices are the shop's: never let the client name them. In cents, which add up without fractions.
const prices = new Map([
  ['tea', 450],
  ['coffee', 790],
  ['mug', 1250],
])

const cart: FunctionHandler = async (req, res) => {
  const user = req.path.split('/')[2] ?? ''
  if (!/^[\w-]{1,50}$/.test(user)) return res.status(404).json({ error: 'There is no such user.' })

  const key = `cart:${user}`
  if (req.method === 'DELETE') await kv.delete(key)
  if (req.method !== 'POST') return res.json((await kv.get<Cart>(key)) ?? cartOf({}))

  const { product, quantity } = req.body
  if (!prices.has(product) || !Number.isInteger(quantity) || Math.abs(quantity) > 1000) {
    return res.status(400).json({ error: `Send a quantity of: ${[...prices.keys()].join(', ')}.` })
  }
  const put = (old: Cart | null) =>
    cartOf({ ...old?.items, [product]: (old?.items[product] ?? 0) + quantity })
  res.json(await kv.update<Cart>(key, put, { ttl: '7d' }))
}

/** Items and total are written in one step, so that they never disagree. */
function cartOf(items: Record<string, number>): Cart {
  const wanted = Object.entries(items).filter(([, quantity]) => quantity > 0)
  const total = wanted.reduce(
    (sum, [product, quantity]) => sum + quantity * (prices.get(product) ?? 0),
    0,
  )
  return { items: Object.fromEntries(wanted), total }
}

export default cart
