// Places where the program calls the kernel: each is counted, may wait before, and may have an outcome that it must come to.

import { quoted } from './values.ts';

export interface Place {
  readonly who: string;
  readonly what: string;
  /** Name of the call as messages of a run have it. */
  readonly call: string;
  /** Errno that it must come to, or `ok`. */
  readonly expect: string | undefined;
}

/** Microseconds that a call of the window waits at most, unless the command line says otherwise. */
export const WINDOW_US = 200;

/** Numbers places as they come. */
export class Places {
  readonly list: Place[] = [];

  add(who: string, what: string, call: string, expect?: string): number {
    return this.list.push({ who, what, call, expect }) - 1;
  }

  /** Rows of the program's table; `waits` says which wait. */
  rows(waits: (place: Place) => boolean): string[] {
    return this.list.map((place) => {
      const { who, what, expect } = place;
      return `\t{ .who = ${quoted(who)}, .what = ${quoted(what)}, .expect = ${expect === undefined ? -1 : expect === 'ok' ? 0 : expect}, .from = 0, .to = ${waits(place) ? WINDOW_US : 0} },`;
    });
  }
}
