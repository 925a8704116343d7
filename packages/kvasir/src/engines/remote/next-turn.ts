/**
 * Calls back once everything that is ready to run now has run: where callers go on in promises that
 * one answer resolved, all of them have asked their next question by then.
 */
export const nextTurn: (callback: () => void) => void =
  typeof setImmediate === 'function' ? (callback) => void setImmediate(callback) : viaChannel()

/** Browsers have no `setImmediate`, and make timers wait for at least four milliseconds. */
function viaChannel(): (callback: () => void) => void {
  const waiting: (() => void)[] = []
  let channel: MessageChannel | undefined
  return (callback) => {
    waiting.push(callback)
    channel ??= openChannel(waiting)
    channel.port2.postMessage(undefined)
  }
}

function openChannel(waiting: (() => void)[]): MessageChannel {
  const channel = new MessageChannel()
  channel.port1.onmessage = () => waiting.shift()?.()
  return channel
}
