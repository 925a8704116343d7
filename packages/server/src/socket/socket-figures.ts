/** Is told of sockets, and what is asked over them. */
export interface SocketFigures {
  socketOpened(): void
  socketClosed(): void
  callAnswered(verb: string, status: number): void
}
