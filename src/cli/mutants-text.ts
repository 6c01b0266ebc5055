// What `mutants` says to people: a row a mutant, a column a way; the catalogue itself.

import type { Mutant, NotCut } from '../explore/mutants/mutant.ts';
import type { Way } from '../explore/mutants/trial.ts';
import type { Cell, Row, Score } from './mutants-rows.ts';
import { counted, grouped, labelled, table } from './output.ts';

const ID = 6, COLUMN = 18;
const SHORT: Readonly<Record<string, string>> = { 'data-race': 'race' };

/** The head of the matrix. */
export const headLine = (ways: readonly Way[]): string => `${' '.repeat(ID)}${ways.map((way) => way.padStart(COLUMN)).join('')}`.trimEnd();

/** `S-01      2,728  0.1`: what noticed it, the states or schedules until then, seconds; a `-` where nothing did, a `?` where time was up. */
function cellText({ noticed, effort, complete, seconds }: Cell): string {
  const what = noticed === null ? (complete ? '-' : '?') : SHORT[noticed] ?? noticed;
  const time = seconds < 9.95 ? seconds.toFixed(1) : seconds.toFixed(0);
  return `  ${what.padEnd(4)}${grouped(effort).padStart(COLUMN - 10)}${time.padStart(4)}`;
}

/** One row of the matrix. */
export function rowLine({ id, notCut, hiddenBy, cells }: Row): string {
  if (notCut !== null) return `${id.padEnd(ID)}  not cut: this kernel has not what it changes`;
  return `${id.padEnd(ID)}${cells.map(cellText).join('')}${hiddenBy.length === 0 ? '' : `\n        not counted: the kernel breaks ${hiddenBy.join(', ')} here by itself`}`;
}

/** The score, and whom it is about. */
export function scoreLines({ killed, of, survived, equivalentReported }: Score, rows: readonly Row[], mutants: readonly Mutant[], interrupted: boolean): string[] {
  const named = (ids: readonly string[], why: string): string[] => ids.map((id) => {
    const { does, where } = mutants.find((one) => one.id === id)!;
    return labelled('', `${id} ${why}: ${where} ${does}`);
  });
  const harmless = rows.filter(({ equivalent, notCut }) => equivalent && notCut === null).length;
  const tried = rows.some(({ notCut }) => notCut === null);
  const bad = survived.length + equivalentReported.length;
  return [
    labelled('score', `${killed} of ${counted(of, 'mutant')} noticed${of === 0 ? '' : ` (${((100 * killed) / of).toFixed(0)} %)`}; ${equivalentReported.length} of ${harmless} that do no harm reported`),
    ...named(survived, 'survived'), ...named(equivalentReported, 'does no harm and was reported'),
    labelled('result', interrupted ? 'interrupted; what was done until then stands above' : !tried ? 'INCONCLUSIVE: none of them can be cut from this kernel' : bad === 0 ? 'the checks notice what they should, and nothing else' : 'NOT GOOD ENOUGH: see above'),
  ];
}

/** The catalogue: what is cut, where it shows and by what; what is not, and why. */
export function catalogueLines(mutants: readonly Mutant[], notCut: readonly NotCut[]): string[] {
  const rows = table(mutants.map(({ id, does, where, scenario, shownBy, memory, base }) => [id, `${where} ${does}. ${base === undefined ? '' : `${base}, `}${scenario.name}${memory === 'weak' ? ', --memory weak' : ''}: ${shownBy.length === 0 ? 'does no harm' : shownBy.join(', ')}.`]));
  return notCut.length === 0 ? [rows] : [rows, '', 'Not cut:', '', table(notCut.map(({ id, does, because }) => [id, `${does}: ${because}.`]))];
}
