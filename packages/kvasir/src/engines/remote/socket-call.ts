import type { FrameWriter, SocketMessage } from '../../protocol/socket-frame.ts'

/** What a call over the socket asks, how its answer is read, and what becomes of it otherwise. */
export interface SocketCall<Result> {
  /** Puts the question into a frame. */
  write(frame: FrameWriter, id: number): void
  /** Reads an answer that reports no error; `value` is a part of its frame. */
  read(message: SocketMessage, value: Uint8Array): Result
  /** Takes an error that the server reports: gives a result instead, or throws. */
  refused(error: unknown): Result
  /** Goes another way: the socket was lost, and the call may or may not have arrived. */
  again(): Promise<Result>
}
