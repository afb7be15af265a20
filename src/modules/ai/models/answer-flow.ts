type PauseHandler = (isPaused: boolean) => void;

/** Pauses an answer while it arrives: the server reads no more from the provider until it is resumed. */
export class AnswerFlow {
  private paused = false;
  private handler: PauseHandler | undefined;

  get isPaused(): boolean {
    return this.paused;
  }

  pause(): void {
    this.set(true);
  }

  resume(): void {
    this.set(false);
  }

  /** Registers the request whose answer arrives, in place of an earlier one. It is paused at once when the flow is. */
  attach(handler: PauseHandler): void {
    this.handler = handler;
    if (this.paused) handler(true);
  }

  private set(isPaused: boolean): void {
    if (this.paused === isPaused) return;
    this.paused = isPaused;
    this.handler?.(isPaused);
  }
}
