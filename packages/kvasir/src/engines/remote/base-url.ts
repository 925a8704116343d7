import { KvasirError } from '../../errors/kvasir-error.ts'

/** @throws {KvasirError} `KV_INVALID_LOCATION` */
export function parseBaseUrl(url: string): string {
  const parsed = tryParse(url)
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw invalid('The address of a server is a URL such as "https://kv.example.com".')
  }
  // Neither is repeated in the message: it may hold a secret.
  if (parsed.username !== '' || parsed.password !== '') {
    throw invalid('The address of a server holds no user name or password. Pass { token }.')
  }
  if (parsed.search !== '' || parsed.hash !== '') {
    throw invalid('The address of a server ends with its path, without "?" or "#".')
  }
  return parsed.origin + parsed.pathname.replace(/\/+$/, '')
}

function tryParse(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined // Reported like any other address that cannot be used.
  }
}

function invalid(message: string): KvasirError {
  return new KvasirError('KV_INVALID_LOCATION', message)
}
