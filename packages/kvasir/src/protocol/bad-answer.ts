import { KvasirError } from '../errors/kvasir-error.ts'

export function badAnswer(what: string): KvasirError {
  return new KvasirError('KV_BAD_RESPONSE', `The server's answer holds ${what}.`)
}
