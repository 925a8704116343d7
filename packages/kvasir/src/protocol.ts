/**
 * `kvasir/protocol`: what servers need to speak the HTTP protocol. It is described in
 * `docs/protocol.md`; clients have `kvasir/client`.
 */
export { decodeCursor, encodeCursor } from './codec/cursor.ts'
export { readDuration } from './codec/duration-ms.ts'
export { type StoredJson, type StoredValue, storedBytes } from './codec/stored-value.ts'
export { storedFromJsonText } from './codec/value.ts'
export { sharedProject } from './engine/bucket-names.ts'
export { notARecord } from './engine/record.ts'
export { BusyPoll } from './environment/busy-poll.ts'
export { unixSocketPath } from './environment/unix-path.ts'
export { problemMediaType, toProblem } from './errors/problem.ts'
export { type ExpiryOptions, toExpiry } from './front/write-options.ts'
export { eventStreamMediaType, writeStreamEvent } from './protocol/event-stream.ts'
export { isArrayText, isObjectText } from './protocol/json-shape.ts'
export { elementsOf, membersOf, parseJson } from './protocol/json-slices.ts'
export { headerNames, mediaTypes, setsTooLong } from './protocol/names.ts'
export {
  type FrameLimits,
  FrameWriter,
  type OpenedMessage,
  readFrame,
  type SocketMessage,
  textOfValue,
} from './protocol/socket-frame.ts'
export {
  absentStatus,
  closeCodes,
  frameLimits,
  type SocketVerb,
  socketPath,
  socketProtocol,
} from './protocol/socket-names.ts'
export { writeChange, writeEntry } from './protocol/wire-entry.ts'
export {
  pickFields,
  readListFields,
  readMemberFields,
  readNumberFields,
  readValueFields,
} from './protocol/wire-fields.ts'
export { writeNumber } from './protocol/wire-number.ts'
export { writeReadResult } from './protocol/wire-read.ts'
export { writeResult, writeResults } from './protocol/wire-result.ts'
export { changeRow, entryRow } from './protocol/wire-rows.ts'
export { readValue } from './protocol/wire-value.ts'
