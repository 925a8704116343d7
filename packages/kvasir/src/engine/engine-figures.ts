/** What an engine has counted since it was opened. */
export interface EngineFigures {
  /** Values in memory that answer reads of keys that come again and again. */
  readonly hotEntries: {
    /** Reads that were answered from memory. */
    readonly hits: number
    /** Reads that had to look in the store while they might have been answered from memory. */
    readonly misses: number
    /** An upper bound of the bytes that are taken. */
    readonly bytes: number
    /** The most that they may take. */
    readonly bytesMax: number
  }
}
