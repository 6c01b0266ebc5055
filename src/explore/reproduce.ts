// Finding the same again: what a finding's schedule has broken, and a trial that says of a changed schedule whether it breaks that.

import type { Invariant } from '../check/invariant.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import { isTarget, type Broken, type Target } from './broken.ts';
import { isFair, isOfFairLoops } from './fair-schedule.ts';
import { goesOn } from './goes-on.ts';
import { isEdge, LIVELOCK, livelockKey } from './keys.ts';
import type { Finding, FindingKind } from './finding.ts';
import { Player, type Played, type PlayerOptions } from './player.ts';
import type { Schedule } from './schedule.ts';
import type { Trial } from './shrink-schedule.ts';

/** What shrinking needs of a finding. */
export type Failure = Pick<Finding, 'kind' | 'schedule' | 'loop'> & Partial<Pick<Finding, 'id' | 'sentence' | 'key'>>;

/** The schedule of a finding does not break what it says. */
export class ShrinkError extends Error {
  override name = 'ShrinkError';
}

/** Steps that a run may take behind those that are tried. */
const ROOM = 100;

/** Plays schedules of one scenario, looking for one finding. */
export interface Reproduction {
  readonly broken: Broken;
  readonly trial: Trial;
  /** Steps executed so far. */
  readonly executed: () => number;
}

const isAnalysed = (kind: FindingKind): boolean => kind === 'race' || kind === 'lock-order';

/** Options of a player that finds this again. */
export const playerOptions = ({ kind, partial, key }: Target, invariants: readonly Invariant[]): PlayerOptions =>
  ({ invariants, cycles: partial === true, analysed: kind === 'lock-order' ? 'locks' : isAnalysed(kind), edges: isEdge(key) });

/** What a finding's schedule breaks, and the invariants that judge it. */
export interface Identified { readonly broken: Broken; readonly invariants: readonly Invariant[] }

/** What the schedule of a finding breaks; throws a ShrinkError when it is something else. */
export function identify(kernel: Kernel, topology: Topology, failure: Failure, invariants: readonly Invariant[]): Identified {
  const { kind, id, key = '', sentence, schedule } = failure;
  if (kind === 'livelock') return { broken: livelock(kernel, topology, failure), invariants };
  const isSafety = kind === 'safety' || kind === 'leak';
  const played = new Player(kernel, topology, playerOptions({ kind, key }, invariants)).play(schedule, { strict: true, ...(isSafety ? {} : { only: { kind, key: '' } }) });
  const { broken } = played;
  if (broken !== undefined && isSafety && (id === undefined || broken.id === id)) return { broken, invariants };
  const found = played.atEnd.filter((one) => one.kind === kind);
  const best = found.find((one) => one.key === key) ?? (isEdge(key) ? undefined : found.find((one) => one.sentence === sentence) ?? found[0]);
  if (best !== undefined) return { broken: best, invariants };
  if (broken !== undefined) {
    // Something else broke on the way, which whoever found this did not look for or went on behind.
    const fewer = isSafety ? invariants.filter((one) => one.id === id) : [];
    const behind = fewer.length < invariants.length && (!isSafety || fewer.length > 0) ? identified(kernel, topology, failure, fewer) : undefined;
    if (behind !== undefined) return behind;
  }
  const applies = broken !== undefined || (played.why !== 'inapplicable' && played.steps.length === schedule.length);
  if (kind === 'deadlock' && applies && broken === undefined) {
    // It does not stand still: some may wait for each other while others go on.
    const cycle = new Player(kernel, topology, { invariants, cycles: true }).play(schedule, { strict: true });
    if (cycle.broken?.kind === 'deadlock') return { broken: cycle.broken, invariants };
  }
  const what = id ?? `a finding of kind ${kind}`;
  if (!applies) throw new ShrinkError(`the schedule of ${what} does not apply: step ${played.steps.length + 1} of ${schedule.length} cannot be taken; give the kernel and the scenario that it was found on`);
  throw new ShrinkError(`the schedule does not break ${what} but ${broken?.id ?? 'nothing'}; what several runs show together, as a lock order may, cannot be shrunk`);
}

/** The same, or nothing when it is something else. */
function identified(kernel: Kernel, topology: Topology, failure: Failure, invariants: readonly Invariant[]): Identified | undefined {
  try {
    return identify(kernel, topology, failure, invariants);
  } catch (error) {
    if (error instanceof ShrinkError) return undefined;
    throw error;
  }
}

/** A player's trials for one finding. `fair`: a loop must be one that a fair scheduler does not end either. */
export function reproduction(kernel: Kernel, topology: Topology, broken: Broken, invariants: readonly Invariant[], loop: Schedule = [], fair = false): Reproduction {
  const player = new Player(kernel, topology, playerOptions(broken, broken.kind === 'livelock' ? [] : invariants));
  const executed = (): number => player.executed;
  if (broken.kind === 'livelock') {
    return { broken, executed, trial: (schedule, { switches, steps }) => {
      const stem = player.play(schedule, { most: steps, switches, only: broken });
      if (keyOfLoop(player, stem.steps, loop, broken.id) !== broken.key) return undefined;
      return !fair || goesOn(kernel, topology, { schedule: [...stem.steps, ...loop] }) ? stem.steps : undefined;
    } };
  }
  if (!isAnalysed(broken.kind)) {
    return { broken, executed, trial: (schedule, { switches, steps }) => {
      const played = player.play(schedule, { complete: true, most: steps + ROOM, switches, only: broken });
      return played.broken !== undefined && (isTarget(broken, played.broken)) ? played.steps : undefined;
    } };
  }
  return { broken, executed, trial: (schedule, { switches, steps }) => {
    const played = player.play(schedule, { complete: true, most: steps + ROOM, switches: switches + 2, only: broken });
    return played.broken === undefined || !isTarget(broken, played.broken) ? undefined : shortest(player, played, broken);
  } };
}

/** What analyses have found stays found: the shortest part of a play that shows it, found by halving. */
function shortest(player: Player, played: Played, broken: Broken): Schedule {
  let shows = played.steps.length;
  let silent = 0;
  while (shows - silent > 1) {
    const middle = (shows + silent) >> 1;
    const part = player.play(played.steps.slice(0, middle), { strict: true, only: broken });
    if (part.broken !== undefined && isTarget(broken, part.broken)) shows = middle;
    else silent = middle;
  }
  return played.steps.slice(0, shows);
}

function livelock(kernel: Kernel, topology: Topology, { schedule, loop, id = LIVELOCK, sentence = 'a loop without progress' }: Failure): Broken {
  if (loop === undefined || loop >= schedule.length) throw new ShrinkError("a livelock's finding says in 'loop' how many steps are in front of its loop, and has at least one behind them");
  const player = new Player(kernel, topology, { invariants: [] });
  const key = keyOfLoop(player, schedule.slice(0, loop), schedule.slice(loop), id);
  if (key === undefined) throw new ShrinkError('the loop of the livelock does not lead back to its beginning, or keeps somebody from his turn; give the kernel and the scenario that it was found on');
  return { kind: 'livelock', id, sentence, key };
}

/** Key of a loop that breaks this property; nothing when it does not lead back to the state behind the stem, or is not as fair as it has to be. */
export function keyOfLoop(player: Player, stem: Schedule, loop: Schedule, id: string = LIVELOCK): string | undefined {
  const none = { kind: 'livelock', key: '' } as const;
  if (player.play(stem, { strict: true, only: none }).steps.length < stem.length) return undefined;
  const before = player.stateHash();
  const played = player.play([...stem, ...loop], { strict: true, only: none });
  if (played.steps.length < stem.length + loop.length || player.stateHash() !== before) return undefined;
  if (isOfFairLoops(id) && !isFair(player, stem, loop)) return undefined;
  return livelockKey(played.steps.slice(stem.length).map(({ leaf }) => player.world.table.leaves[leaf]!.step), id);
}
