// What an exploration has covered, for people: of each machine the states and outcomes that were seen and that were not, and the pairs of
// conflicting steps by the orders in which they came. Where all of a part of a statechart was seen, or nothing of it, the part is named.

import type { ConflictingPair, MachineCoverage, Seen } from '../explore/coverage.ts';
import { counted, grouped, wrapped, WIDTH } from './output.ts';

/** Lines of one list at most. */
const MOST_LINES = 12;

/** What was covered, and whether what was not seen cannot be. */
export interface Coverage {
  readonly machines: readonly MachineCoverage[];
  readonly pairs: readonly ConflictingPair[];
  /** Everything was searched: what was not seen is impossible. */
  readonly exhaustive: boolean;
}

/** Names of a tree of paths: the longest prefixes of which all paths, of at least two, are in `texts`; then `prefix.*`. */
export function folded(texts: readonly string[], all: readonly string[]): string[] {
  const inside = new Set(texts);
  const whole = new Map<string, { all: number; here: number }>();
  const prefixes = (text: string): string[] => {
    const parts = text.split(': ')[0]!.split('.');
    return parts.slice(0, -1).map((_part, k) => parts.slice(0, k + 1).join('.'));
  };
  for (const text of all) {
    for (const prefix of prefixes(text)) {
      const count = whole.get(prefix) ?? { all: 0, here: 0 };
      whole.set(prefix, { all: count.all + 1, here: count.here + (inside.has(text) ? 1 : 0) });
    }
  }
  return [...new Set(texts.map((text) => {
    const prefix = prefixes(text).find((one) => whole.get(one)!.all > 1 && whole.get(one)!.all === whole.get(one)!.here);
    return prefix === undefined ? text : `${prefix}.*`;
  }))];
}

/** Outcomes of one state together: `next: ok, sent`. */
function byState(texts: readonly string[]): string[] {
  const states = new Map<string, string[]>();
  for (const text of texts) {
    const [state, outcome] = text.split(': ') as [string, string | undefined];
    states.set(state, [...states.get(state) ?? [], ...(outcome === undefined ? [] : [outcome])]);
  }
  return [...states].map(([state, outcomes]) => (outcomes.length === 0 ? state : `${state}: ${outcomes.join(', ')}`));
}

function list(title: string, texts: readonly string[]): string[] {
  if (texts.length === 0) return [];
  const lines = wrapped(texts.join('; '), WIDTH - 6);
  const left = lines.length > MOST_LINES ? [`      … and more, ${grouped(texts.length)} in all; --json has them`] : [];
  return [`    ${title}`, ...lines.slice(0, MOST_LINES).map((one) => `      ${one}`), ...left];
}

const both = ({ seen, notSeen }: Seen): string[] => [...seen, ...notSeen];
const share = (what: string, { seen, notSeen }: Seen): string => `${grouped(seen.length)} of ${counted(seen.length + notSeen.length, what)}`;

function machineLines({ machine, states, outcomes }: MachineCoverage, missing: string): string[] {
  // An outcome of a state that was never reached says nothing of its own.
  const reached = new Set(states.seen);
  const open = outcomes.notSeen.filter((text) => reached.has(text.split(': ')[0]!));
  return [
    `  ${machine}: ${share('state', states)}, ${share('outcome', outcomes)}`,
    ...list('states seen', folded(states.seen, both(states))), ...list(`states ${missing}`, folded(states.notSeen, both(states))),
    ...list('outcomes seen', byState(folded(outcomes.seen, both(outcomes)))), ...list(`outcomes ${missing}, of states that were seen`, byState(open)),
  ];
}

const pairText = ({ layout, steps, times }: ConflictingPair): string => (times[0] > 0 ? `${steps[0]} before ${steps[1]} (${layout})` : `${steps[1]} before ${steps[0]} (${layout})`);

/** The lists of `--coverage`. */
export function coverageText({ machines, pairs, exhaustive }: Coverage): string[] {
  const missing = exhaustive ? 'impossible' : 'not seen';
  const two = pairs.filter(({ times }) => times[0] > 0 && times[1] > 0);
  const one = pairs.filter((pair) => !two.includes(pair));
  return [
    'Coverage:', ...machines.flatMap((machine) => machineLines(machine, missing)),
    ...(pairs.length === 0 ? [] : [
      `  pairs of conflicting steps: ${grouped(two.length)} of ${grouped(pairs.length)} in both orders`,
      ...list('in one order only', one.map(pairText)), ...list('in both orders', two.map(({ layout, steps }) => `${steps.join(' and ')} (${layout})`)),
    ]),
  ];
}
