// One exploration: what strategy it is when nobody says, and that one carried out.

import { defaultMode, estimate } from '../explore/estimate.ts';
import type { Kept } from './checkpoint-file.ts';
import type { StatusLine } from './explore-drive.ts';
import { sample, type Explored, type Subject } from './explore-engines.ts';
import { DEFAULTS, type ExploreArguments } from './explore-options.ts';
import { searchAll } from './explore-search.ts';
import type { Interruption } from './interruption.ts';
import { grouped, labelled } from './output.ts';

/** Explores as the strategy says. */
export async function carryOut(subject: Subject, given: ExploreArguments, kept: Kept | undefined, interruption: Interruption, status: StatusLine, say: (...lines: readonly string[]) => Promise<void>): Promise<Explored> {
  const { kernel: { kernel }, topology } = subject;
  const limited = given.schedules !== undefined || given.states !== undefined;
  const seconds = given.seconds ?? (limited ? Number.MAX_SAFE_INTEGER / 1000 : DEFAULTS.seconds);
  // What is kept, or gone on with, is a search; how large it is nobody need guess then.
  const isSearch = given.checkpoint !== undefined || kept !== undefined;
  const guess = kept === undefined && (given.strategy === 'auto' || given.strategy === 'exhaustive') ? estimate(kernel, topology, given.states ?? DEFAULTS.states) : undefined;
  const strategy = given.strategy !== 'auto' ? given.strategy : isSearch ? 'exhaustive' : given.schedules !== undefined ? 'portfolio' : defaultMode(guess!);
  const because = given.strategy === 'auto' && !isSearch ? 'since it has' : 'which has';
  const about = kept !== undefined ? `, going on with ${kept.file}` : guess === undefined ? '' : guess.exact ? `, ${grouped(guess.states)} states without reduction`
    : guess.states === Infinity ? `, ${because} no end in sight` : `, ${because} some ${grouped(Number(guess.states.toPrecision(1)))} states by estimate`;
  await say(labelled('strategy', `${strategy}${about}${strategy === 'exhaustive' ? '' : `, seed ${given.seed}`}`), '');
  return strategy === 'exhaustive' ? searchAll(subject, given, guess, kept, seconds, interruption, status) : sample(subject, strategy, given, seconds, interruption, status);
}
