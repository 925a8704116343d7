/** Why a file of a function cannot be loaded, in words for its author. */
export class LoadFailure extends Error {
  override readonly name = 'LoadFailure'
  /** The line at fault, where one is known. */
  readonly frame?: { readonly line: number; readonly text: string }

  constructor(
    message: string,
    options: { cause?: unknown; frame?: { readonly line: number; readonly text: string } } = {},
  ) {
    super(message, { cause: options.cause })
    if (options.frame) this.frame = options.frame
  }
}
