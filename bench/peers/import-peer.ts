/**
 * Imports one of the stores that Kvasir is compared with. It stands in this folder because their
 * packages do: the repository's own installation knows nothing of them.
 */
export async function importPeer<Module>(name: string): Promise<Module> {
  return (await import(name)) as Module
}
