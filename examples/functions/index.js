// GET / says what there is, and counts its visits. What no other file answers comes here, too.

const examples = {
  '/sessions': 'log in with a cookie that lives as long as it is used',
  '/rate-limit': 'ten requests a minute for each client',
  '/report?city=Oslo': 'a slow report, made once a minute however many ask for it',
  '/flags/dark-mode?user=ada': 'feature flags, for everybody or for some',
  '/preferences/ada': 'settings of a user, changed one by one',
  '/share': 'links that are gone after an hour, or after they were read',
  '/leaderboard/chess': 'the ten best players',
  '/cart/ada': 'a cart whose total is right',
  '/rebuild/products': 'a job that never runs twice at a time',
  '/events': 'a log, newest first, page by page',
}

/** @type {FunctionHandler} */
module.exports = async (req, res) => {
  if (req.path !== '/') return res.status(404).json({ error: `There is no ${req.path}.`, examples })
  res.json({ visits: await kv.increment('visits'), examples })
}
