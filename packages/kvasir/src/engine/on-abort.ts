const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Has `callback` called once when the signal is aborted; at once if it was. What it answers takes
 * that back.
 *
 * However many callbacks there are, the signal has one listener: Node warns of a leak beyond ten,
 * and a program may well end a hundred watches with one signal.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (!signal) return () => undefined
  if (signal.aborted) {
    callback()
    return () => undefined
  }
  // Wrapped, so that the same function given twice is called twice.
  const own = (): void => callback()
  const callbacks = callbacksOf.get(signal) ?? listenTo(signal)
  callbacks.add(own)
  return () => callbacks.delete(own)
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>()
  callbacksOf.set(signal, callbacks)
  const callAll = (): void => {
    for (const callback of callbacks) callback()
    callbacks.clear()
  }
  signal.addEventListener('abort', callAll, { once: true })
  return callbacks
}
