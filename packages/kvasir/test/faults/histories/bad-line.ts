import { openTcpProxy, repeatableRandom, type TcpProxy } from '../../remote/tcp-proxy.ts'

/** What became of the answers on bad lines. */
export interface LineCounts {
  lost: number
  delayed: number
}

/** A line to a server that loses some answers and delays others, which it adds to `counts`. */
export function openBadLine(
  url: string,
  { seed, counts }: { readonly seed: number; readonly counts: LineCounts },
): Promise<TcpProxy> {
  const random = repeatableRandom(seed)
  const losesReply = (): boolean => {
    const isLost = random() < 0.02
    counts.lost += isLost ? 1 : 0
    return isLost
  }
  const delayMs = (): number => {
    if (random() > 0.03) return 0
    counts.delayed++
    return Math.ceil(random() * 15)
  }
  return openTcpProxy(url, losesReply, delayMs)
}
