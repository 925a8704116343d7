import { type OpenedApp, openApp } from './open-app.ts'

/** The records of the tests' project, in the bucket that the libraries keep theirs in. */
export const records = '/v1/buckets/default/records'

export interface OpenedRecords extends OpenedApp {
  /** Stores a record, with typed sets where the pointers say. */
  given(key: string, record: unknown, sets?: Readonly<Record<string, string>>): Promise<void>
  /** The text of a record as it is stored. */
  stored(key: string): Promise<string>
  /** Sends an operation on fields, such as `increment`. */
  post(key: string, operation: string, body: unknown): Promise<Response>
}

/** An application over a fresh memory engine, as `openApp`. */
export function openRecords(deps: Parameters<typeof openApp>[0] = {}): OpenedRecords {
  const opened = openApp(deps)
  return {
    ...opened,
    given: async (key, value, sets = {}) => {
      const operations = [{ op: 'put', key, value, sets }]
      const response = await opened.send('POST /v1/batch', { operations })
      if (response.status !== 200) throw new Error(await response.text())
    },
    stored: async (key) =>
      (await opened.request(`/v1/buckets/default/keys/${encodeURIComponent(key)}`)).text(),
    post: (key, operation, body) =>
      opened.send(`POST ${records}/${encodeURIComponent(key)}/${operation}`, body),
  }
}
