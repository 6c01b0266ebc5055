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

  /** Takes what another part of the search has found: of two with one key, the one with the shorter schedule. True when it is news. */
  take(finding: Finding): boolean {
    const there = this.found.get(finding.key) ?? this.known.get(finding.key);
    return (there === undefined || isBetter(finding.schedule, there.schedule)) && this.put(finding);
  }

  /** Puts a finding with its like. True when it is news. */
  put(finding: Finding): boolean {
    const old = this.isKnown.has(finding.key);
    (old ? this.known : this.found).set(finding.key, finding);
    return !old;
  }
}

/** Is a schedule shorter than another one? Of equally long ones, the one whose first different decision is less. */
function isBetter(one: Schedule, other: Schedule): boolean {
  if (one.length !== other.length) return one.length < other.length;
  const at = one.findIndex(({ actor, choice }, k) => actor !== other[k]!.actor || choice !== other[k]!.choice);
  return at >= 0 && (one[at]!.actor - other[at]!.actor || one[at]!.choice - other[at]!.choice) < 0;
}
