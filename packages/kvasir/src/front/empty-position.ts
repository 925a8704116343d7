/** The position of a subscription that has passed nothing yet. */
export const emptyPosition = '~'
