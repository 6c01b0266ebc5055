// Properties of the specification that are no invariants of a state, and what decides them: how an exploration knows whether one that a
// scenario is about was exercised.

export interface Property {
  /** As in the specification: L-04. */
  readonly id: string;
  readonly title: string;
  readonly statement: string;
  /** What looks for it, as a sentence. */
  readonly decided: string;
  /** Invariants that decide it together: it was exercised when all of them were. */
  readonly by?: readonly string[];
}

export const properties: readonly Property[] = [
  {
    id: 'L-01', title: 'an access completes', statement: 'An access of a vCPU completes, or exits, once invalidations and updates on its page are over.',
    decided: 'An exhaustive search looks for states from which no progress can be reached; a sample for schedules that go on without any.',
  },
  {
    id: 'L-03', title: 'an update of memslots ends', statement: 'A change of memslots ends although notifiers and vCPUs go on.',
    decided: 'As L-01; in a sample, schedules that come to their end have exercised it.',
  },
  {
    id: 'L-04', title: 'no deadlock', statement: 'Nobody waits in a circle: for locks, readers of SRCU, flushes to be acknowledged.',
    decided: 'A circle in the graph of who waits for whom, at the step that closes it, and anybody left waiting when nobody can go on.',
  },
  {
    id: 'L-06', title: 'the VMM comes to an end', statement: 'An access of the guest takes finitely many exits once the guest does not change its mind any more.',
    decided: 'As L-01; a search of a scenario that is about it also looks for fair loops in which one access exits again and again. In a sample, schedules that end have exercised it.',
  },
  {
    id: 'L-07', title: 'everything is freed', statement: 'When all descriptors are closed, VMs, files, inodes and pages are freed, and no lock is held.',
    decided: 'Looked at wherever a schedule comes to its end.',
  },
  {
    id: 'L-08', title: 'a restructure ends', statement: 'Who waits for the references of a folio, to freeze them and to split or merge it, waits for nobody who keeps them.',
    decided: 'As L-04: somebody is left waiting when nobody can go on; in a sample, schedules that come to their end have exercised it.',
  },
  {
    id: 'L-09', title: 'calls on a file end', statement: 'A hole or a conversion comes to its end while guests fault without end: who waits for a lock exclusively is not starved by those who share it.',
    decided: 'A search of a scenario that is about it looks for fair loops in which such a call is in the middle of its work. In a sample, schedules that end have exercised it.',
  },
  {
    id: 'S-17', title: 'locks have an order', statement: 'The order in which locks are taken, over all schedules together, has no circle: folio locks, SRCU and flushes included.',
    decided: 'The analysis of lock order, over all schedules of a sample; an exhaustive search takes a sample for it.',
  },
  {
    id: 'S-21', title: 'a call that fails has done nothing', statement: 'An operation that answers an error leaves privacy, page cache and bindings as they were, and no invalidation open.',
    decided: 'By S-11 (no binding to a memslot that was refused), S-14 (no invalidation stays open) and S-22 (what is called next answers as if nothing had been).',
    by: ['S-11', 'S-14', 'S-22'],
  },
];
