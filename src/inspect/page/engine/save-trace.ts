// The run that is shown as the bytes of a trace: what was made here by hand is replayed, shrunk, exported by the command like any other.

import { encodeBatch, encodeFooter, encodeHeader, joined } from '../../../trace/encode.ts';
import { fingerprintOf } from '../../../trace/fingerprint.ts';
import { PACKAGE_VERSION } from '../../../trace/fingerprints.gen.ts';
import type { TraceFooter } from '../../../trace/header.ts';
import { outcomeNames } from '../../../trace/outcomes.ts';
import type { Session } from '../model.ts';

/** Steps of a chunk. */
const CHUNK = 4096;

/** The whole run, up to what broke. With a kernel of a person's own goes its text, as in every trace of one. */
export function traceOf(session: Session): Uint8Array {
  const { opened: { kernel, own, topology, scenario, seed, runtime, footer }, records, forkedAt } = session;
  session.look();
  const steps = session.scan.violation?.step ?? session.length;
  const asOpened = forkedAt === undefined && footer?.steps === steps;
  const parts = [encodeHeader({
    faultline: PACKAGE_VERSION, runtime: asOpened ? runtime : 'simulate', kernel: kernel.name, ...(own === undefined ? {} : { kernelText: own.text }), scenario: scenario as unknown as Record<string, unknown>, seed,
    fingerprint: own?.fingerprint ?? fingerprintOf(kernel),
    leaves: kernel.table.leaves.length, outcomes: outcomeNames(kernel.table), start: session.hashAt(0),
  })];
  for (let from = 1; from <= steps; from += CHUNK) parts.push(encodeBatch(records.batch(from, Math.min(steps, from + CHUNK - 1))));
  parts.push(encodeFooter(asOpened ? footer : { ...endOf(session, topology.actors.length), steps, hash: session.hashAt(steps) }));
  return joined(parts);
}

/** How a run ended that was made here. */
function endOf(session: Session, actors: number): Pick<TraceFooter, 'why' | 'violation'> {
  const { violation } = session.scan;
  if (violation !== undefined) return { why: 'violation', violation: { id: violation.id, sentence: violation.sentence } };
  if (session.deadlock?.everybody === true) return { why: 'deadlock' };
  const { at } = session;
  session.go(session.length);
  const ended = session.actors().filter((one) => !one.enabled && (one.ended || one.leaf.idle)).length === actors;
  session.go(at);
  return { why: ended ? 'finished' : 'interrupted' };
}
