/** Does something with each item, two at a time: for what is not measured. */
export async function twoAtATime<Item>(
  items: readonly Item[],
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values()
  const worker = async (): Promise<void> => {
    for (const item of waiting) await action(item)
  }
  await Promise.all([worker(), worker()])
}
