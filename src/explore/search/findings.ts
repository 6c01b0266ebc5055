// What a search has found: the first of each key.

import type { Broken } from '../broken.ts';
import type { Finding } from '../finding.ts';
import type { Schedule } from '../schedule.ts';

export class Findings {
  readonly found = new Map<string, Finding>();
  /** Those that were known before. */
  readonly known = new Map<string, Finding>();
  private readonly isKnown: ReadonlySet<string>;

  constructor(known: ReadonlySet<string> = new Set()) {
    this.isKnown = known;
  }

  /** Keeps what is broken, unless there is something of its key. True when it is news. */
  keep({ kind, id, sentence, key }: Broken, schedule: () => Schedule, loop?: number): boolean {
    if (this.found.has(key) || this.known.has(key)) return false;
    return this.put({ kind, id, sentence, key, schedule: schedule(), ...(loop === undefined ? {} : { loop }) });
  }

  /** Puts a finding with its like. True when it is news. */
  put(finding: Finding): boolean {
    const old = this.isKnown.has(finding.key);
    (old ? this.known : this.found).set(finding.key, finding);
    return !old;
  }
}
