/** Tells on stderr what goes on, so that stdout holds nothing but results. */
export function say(words: string): void {
  const seconds = (performance.now() / 1000).toFixed(0).padStart(4)
  process.stderr.write(`bench ${seconds} s  ${words}\n`)
}
