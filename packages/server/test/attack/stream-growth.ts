/** What a server may take up more, at most, for subscribers that do not read. */
export const streamGrowthBytesMax = 64 * 1024 * 1024
