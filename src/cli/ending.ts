// The end that a trace claims in its footer, held against what its replay has come to.

import { restOf } from '../runtime/standstill.ts';
import type { RunWorld } from '../runtime/world.ts';
import { TraceError } from '../trace/errors.ts';
import type { TraceFooter } from '../trace/header.ts';

/** What replay itself has found broken, and by which step; 0: by the set-up. */
export interface Found { readonly id: string; readonly step: number }

/** Throws a TraceError when the replay did not end as the footer says. Spoils the world: to be called when nothing else is wanted of it. */
export function checkEnding(name: string, { why, steps, violation }: TraceFooter, world: RunWorld, found: Found | undefined): void {
  const claims = (claim: string, instead: string): TraceError => new TraceError('malformed', `says in its footer that ${claim}, but ${instead}: the footer was edited`).of(name);
  if (violation !== undefined) {
    const claim = `step ${steps} broke ${violation.id}`;
    if (found === undefined) throw claims(claim, 'its replay breaks nothing');
    if (found.id !== violation.id || found.step !== steps) throw claims(claim, `its replay breaks ${found.id}, by ${found.step === 0 ? 'the set-up' : `step ${found.step}`}`);
  }
  if (why !== 'deadlock' && why !== 'finished') return;
  const rest = restOf(world);
  const claim = why === 'deadlock' ? 'the run ended in a deadlock' : 'the run came to its end';
  if (rest.mover !== undefined) throw claims(claim, `behind step ${steps} '${rest.mover}' can still move`);
  if (rest.why === why) return;
  throw claims(claim, why === 'deadlock' ? `behind step ${steps} nobody waits for anything` : `behind step ${steps} '${rest.waiting[0]!.actor}' waits for ever: it is a deadlock`);
}
