// GET /report?city=Oslo: a report that takes its time, made once a minute however many ask for it.

/** @type {FunctionHandler} */
export default async (req, res) => {
  const { city } = req.query
  if (typeof city !== 'string' || city.length > 100) {
    return res.status(400).json({ error: 'Say one city: /report?city=Oslo' })
  }
  // Who comes while it is being made waits for it, and gets the same.
  const report = await kv.getOrSet(`report:${city}`, () => makeReport(city), { ttl: '1m' })
  res.json(report)
}

async function makeReport(city) {
  await sleep(200)
  const timesMade = await kv.increment(`report-made:${city}`, 1, { ttl: '1d' })
  return { city, timesMade, temperature: Math.round(Math.random() * 30) }
}
