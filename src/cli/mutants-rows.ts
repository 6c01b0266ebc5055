// One mutant, looked for in every way that was asked for: a row of what `mutants` prints. On this thread or on another one.

import { cutMutant, isEquivalent, type Mutant } from '../explore/mutants/mutant.ts';
import { knownKeys, Trial, type TrialOptions, type Way } from '../explore/mutants/trial.ts';
import type { Kernel } from '../kernel/define.ts';
import { drive, type StatusLine } from './explore-drive.ts';
import type { Interruption } from './interruption.ts';
import { grouped } from './output.ts';

/** How mutants are looked for. */
export interface Looking {
  readonly ways: readonly Way[];
  readonly options: Pick<TrialOptions, 'seed' | 'schedules' | 'depth'>;
  /** For one way at most. */
  readonly seconds: number;
  /** The kernel is a person's own, and may break something itself: what it shows without the mistake does not count, as with kernels that have known bugs. */
  readonly compare: boolean;
}

/** What one way came to. */
export interface Cell {
  readonly way: Way;
  /** Id of the property that noticed; null: none did. */
  readonly noticed: string | null;
  readonly sentence: string | null;
  /** States of a search, schedules of a sample. */
  readonly effort: number;
  /** Nothing was cut short. */
  readonly complete: boolean;
  readonly seconds: number;
}

export interface Row {
  readonly id: string;
  /** The kernel that it was cut from. */
  readonly base: string;
  readonly equivalent: boolean;
  /** Why it cannot be cut from this kernel; null: it was. */
  readonly notCut: string | null;
  /** What the kernel breaks in the scenario by itself, when nothing else was found: the mistake may be its own, or hidden behind it. */
  readonly hiddenBy: readonly string[];
  readonly cells: readonly Cell[];
}

type Status = Pick<StatusLine, 'show' | 'clear'>;

/** Looks for one mutant of a kernel. Nothing when it was interrupted in the middle. */
export async function rowOf(base: Kernel, mutant: Mutant, { ways, options, seconds, compare }: Looking, interruption: Pick<Interruption, 'asked'>, status: Status): Promise<Row | undefined> {
  const row = { id: mutant.id, base: base.name, equivalent: isEquivalent(mutant), notCut: null, hiddenBy: [] };
  let kernel: Kernel;
  try {
    kernel = cutMutant(base, mutant);
  } catch (error) {
    return { ...row, notCut: error instanceof Error ? error.message : String(error), cells: [] };
  }
  const cells: Cell[] = [];
  const shown = new Set<string>();
  for (const way of ways) {
    const known = compare || base.bugs.length > 0 ? knownKeys(base, mutant.scenario, way, options) : undefined;
    for (const key of known ?? []) shown.add(key.split(' ', 1)[0]!);
    const began = performance.now();
    const trial = new Trial(kernel, mutant.scenario, way, { ...options, known });
    const unit = way === 'exhaustive' ? 'states' : 'schedules';
    const ended = await drive((steps) => trial.advance(steps), seconds, interruption, status, () => [`${mutant.id}, ${way}: ${grouped(trial.effort())} ${unit}`]);
    if (ended === 'interrupted') return undefined;
    const { finding, effort, complete } = trial.result();
    cells.push({ way, noticed: finding?.id ?? null, sentence: finding?.sentence ?? null, effort, complete, seconds: (performance.now() - began) / 1000 });
  }
  return { ...row, hiddenBy: cells.every(({ noticed }) => noticed === null) ? [...shown] : [], cells };
}

/** What rows amount to. */
export interface Score {
  /** Those that count: they were cut, are not equivalent, and not hidden. */
  readonly of: number;
  readonly killed: number;
  readonly survived: readonly string[];
  readonly equivalentReported: readonly string[];
}

const noticed = ({ cells }: Row): boolean => cells.some((cell) => cell.noticed !== null);

/** Counts rows. */
export function scoreOf(rows: readonly Row[]): Score {
  const count = rows.filter(({ equivalent, notCut, hiddenBy }) => !equivalent && notCut === null && hiddenBy.length === 0);
  const survived = count.filter((row) => !noticed(row)).map(({ id }) => id);
  return {
    of: count.length, killed: count.length - survived.length, survived,
    equivalentReported: rows.filter((row) => row.equivalent && noticed(row)).map(({ id }) => id),
  };
}
