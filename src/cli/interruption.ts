// Ctrl-C: the first one ends what is going on, in order; a second one meets no handler and ends the process.

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export class Interruption {
  /** Somebody wants an end. */
  asked = false;
  private stop: () => void = () => {};
  private readonly heard = (): void => {
    this.asked = true;
    this.forget();
    this.stop();
  };

  /** Listens from now on. */
  constructor() {
    for (const signal of SIGNALS) process.once(signal, this.heard);
  }

  /** Says whom to stop; at once if it was asked before. */
  stops(stop: () => void): void {
    this.stop = stop;
    if (this.asked) stop();
  }

  /** Listens no more. */
  forget(): void {
    for (const signal of SIGNALS) process.off(signal, this.heard);
  }
}
