import { cpus, loadavg } from 'node:os'

/** Where and when figures were measured. */
export interface Machine {
  readonly date: string
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cpuCount: number
  /** The machine's load (1 minute average) when the run began: other work makes figures smaller. */
  readonly loadBefore: number
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpuCount: cpus().length,
    loadBefore: loadavg()[0] as number,
  }
}

export function machineLine({ date, node, platform, cpu, cpuCount, loadBefore }: Machine): string {
  const load = `load ${loadBefore.toFixed(2)} before the run`
  return `${date.slice(0, 16).replace('T', ' ')} UTC, Node ${node}, ${platform}, ${cpuCount} × ${cpu}, ${load}.`
}
