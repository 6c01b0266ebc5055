// Lock order as kernel developers are used to read it: who wants what while holding what, the chain that leads round, and two processors
// that stop each other. What counts as a lock, and as an order, is decided by src/check/lock-order.ts.

import { lockEdgeLines } from '../check/lock-order-text.ts';
import type { LockCycle, LockEdge, LockOrderReport, LockWitness, Mode } from '../check/lock-report.ts';
import { LaboratoryError } from '../runtime/world.ts';
import type { TraceFooter, TraceHeader } from '../trace/header.ts';
import type { Exporter } from './exporter.ts';
import { LockRun } from './lock-run.ts';

const RULE = '='.repeat(62);
const THIN = '-'.repeat(62);
/** Where the next processor's column begins. */
const COLUMN = 28;

const mode = (how: Mode): string => (how === 'shared' ? 'R' : 'W');
const seen = ({ step, leaf, at }: LockWitness): string => `${step}, in ${leaf}, step ${at}`;

function title({ classes, edges }: LockCycle): string {
  if (classes.length === 1) return 'possible recursive locking';
  return classes[0] === classes[1] ? 'possible locking of one class in both orders' : `possible circular locking dependency${edges.length > 2 ? `, ${edges.length} locks long` : ''}`;
}

/** What stops who: everybody takes the first of theirs, then everybody wants the second. */
function scenario({ edges, heldBack }: LockCycle): string[] {
  const column = (k: number, text: string): string => `  ${' '.repeat(k * COLUMN)}${text}`;
  const lock = (name: string, how: Mode): string => `${how === 'shared' ? 'rlock' : 'lock'}(${name});`;
  const heads = edges.map((_edge, k) => `CPU${k}`.padEnd(COLUMN)).join('').trimEnd();
  return [
    ' This can stop both for ever:'.replace('both', edges.length > 2 ? 'all' : 'both'), '',
    `  ${heads}`, `  ${edges.map(() => '----'.padEnd(COLUMN)).join('').trimEnd()}`,
    ...edges.map((edge, k) => column(k, lock(edge.from, edge.fromMode))),
    ...edges.map((edge, k) => column(k, lock(edge.to, edge.toMode))), '',
    ...(heldBack.length === 0 ? [] : [` (${heldBack.join(', ')}: both hold it shared; it needs a writer that queues in between,`, '  whom no new reader passes.)', '']),
    '  *** DEADLOCK ***',
  ];
}

function link({ from, fromMode, to, toMode, held, wanted }: LockEdge, k: number): string[] {
  return [
    `-> #${k} (${to}){${mode(toMode)}}, behind (${from}){${mode(fromMode)}}:`,
    `       ${wanted.actor} held  ${held.object}, taken by ${seen(held)}`,
    `       ${wanted.actor} wants ${wanted.object}, by ${seen(wanted)}`,
  ];
}

function cycleLines(cycle: LockCycle): string[] {
  const last = cycle.edges.at(-1)!;
  return [
    RULE, `WARNING: ${title(cycle)}`, THIN,
    `${last.wanted.actor} is trying to acquire lock:`,
    `  (${last.to}){${mode(last.toMode)}}: ${last.wanted.object}, at: ${seen(last.wanted)}`, '',
    'but it already holds:',
    `  (${last.from}){${mode(last.fromMode)}}: ${last.held.object}, at: ${seen(last.held)}`, '',
    ...(cycle.edges.length === 1 ? [] : [
      'and elsewhere the order is the other way round.', '',
      'the chain, the newest first:', '',
      ...cycle.edges.map((edge, k) => link(edge, k)).toReversed().flatMap((lines) => [...lines, '']),
      ...scenario(cycle), '',
    ]),
  ];
}

/** All of a report: each cycle, or the order that was seen. */
export function lockdepLines(report: LockOrderReport): string[] {
  if (report.cycles.length > 0) return report.cycles.flatMap(cycleLines);
  const order = lockEdgeLines(report);
  return [
    'No circular dependency in this run: every lock was taken in an order that leads nowhere round.', '',
    ...(order.length === 0 ? ['No lock was wanted by who held another one.'] : ['the order seen, each with who showed it first:', '', ...order.map((one) => `  ${one}`)]),
  ];
}

const heading = ({ kernel, scenario: { name } }: TraceHeader, steps: number, whole: boolean): string[] => [
  `# lock order of a run of the laboratory: model ${kernel}, scenario ${String(name)}, ${whole ? '' : 'up to '}step ${steps}`,
  '# {R}: shared, {W}: exclusive. A name is a class; an object is named with its numbers.', '',
];

const isStuck = (footer: TraceFooter | undefined): boolean => footer?.why === 'deadlock' || footer?.finding?.kind === 'deadlock';

export const lockdep: Exporter = {
  name: 'lockdep',
  extension: '.txt',
  description: "lock order of the run in lockdep's manner: its cycles, or the order that was seen",
  fromStart: true,
  open(header, _actors, run) {
    if (run === undefined) throw new LaboratoryError('lock order cannot be told from events alone');
    const locks = new LockRun(run);
    let steps = 0;
    return {
      header: () => '',
      step(event) {
        locks.step(event);
        steps = event.step;
        return '';
      },
      end: (footer) => `${[...heading(header, steps, footer !== undefined), ...lockdepLines(locks.report(isStuck(footer)))].join('\n').trimEnd()}\n`,
    };
  },
};
