/** The bucket that every project has from the start. */
export const defaultBucket = 'default'
