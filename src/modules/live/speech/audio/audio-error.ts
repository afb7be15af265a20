/** Thrown for audio of a client that cannot be read. The message is shown to the client. */
export class AudioError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AudioError';
  }
}
