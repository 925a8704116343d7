/** A client of the functions, and many of them at once. */

export interface Answer {
  readonly status: number
  /** The body, which is JSON. */
  readonly body: ReturnType<typeof JSON.parse>
  readonly headers: Headers
}

export interface Call {
  /** With its method: `'POST /share'`. */
  readonly line: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Makes one request. */
export async function call(url: string, { line, body, headers }: Call): Promise<Answer> {
  const [method = 'GET', path = '/'] = line.split(' ')
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json(), headers: response.headers }
}

/** Makes so many requests, all of them at once. */
export function callAtOnce(
  url: string,
  count: number,
  callOf: (index: number) => Call,
): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(url, callOf(index))))
}

/** How many answers have each status. */
export function statusesOf(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
