import type { Untyped } from './untyped.ts'

/** How a browser keeps a cookie. */
export interface CookieOptions {
  /** How long it keeps it, in milliseconds; default: until it is closed. */
  readonly maxAge?: number
  readonly expires?: Date
  /** Keeps it from scripts. */
  readonly httpOnly?: boolean
  /** Sends it over HTTPS alone. */
  readonly secure?: boolean
  readonly sameSite?: boolean | 'lax' | 'strict' | 'none'
  readonly path?: string
  readonly domain?: string
}

/** What a function uses of Express 5's response. The real one has more. */
export interface FunctionResponse {
  readonly headersSent: boolean
  statusCode: number
  /** Sets the status: `res.status(404).json({ error: 'not found' })`. */
  status(code: number): this
  set(name: string, value: string | string[]): this
  set(headers: Record<string, string | string[]>): this
  get(name: string): string | undefined
  /** Adds a value to a header. */
  append(name: string, value: string | string[]): this
  /** The type of what is sent: `'html'`, `'text/csv'`. */
  type(type: string): this
  vary(field: string): this
  cookie(name: string, value: string, options: CookieOptions): this
  cookie(name: string, value: string): this
  clearCookie(name: string, options?: CookieOptions): this
  /** Answers with JSON. */
  json(body?: Untyped): this
  /** Answers with text, bytes, or an object as JSON. */
  send(body?: Untyped): this
  /** Answers with a status and its name. */
  sendStatus(code: number): this
  redirect(url: string): void
  redirect(status: number, url: string): void
  write(chunk: string | Uint8Array): boolean
  end(chunk?: string | Uint8Array): unknown
  on(event: string, listener: (...given: Untyped[]) => void): unknown
}
