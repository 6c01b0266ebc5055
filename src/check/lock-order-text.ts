// The lock-order report for people: each cycle with the first execution that showed each part of it, and how they stop each other.

import { columnText, TEXT_WIDTH, wrap } from './columns.ts';
import type { LockCycle, LockEdge, LockOrderReport, LockWitness } from './lock-report.ts';

/** A witness's step and where it was. */
const place = ({ step, leaf, at }: LockWitness): string => `${step}, in ${leaf}, step ${at}`;
const how = (mode: LockEdge['fromMode']): string => (mode === 'shared' ? ' shared' : '');

function heading({ classes, edges }: LockCycle): string {
  if (classes.length === 1) return `${classes[0]!}: ${edges[0]!.wanted.actor} wants what it holds itself`;
  if (classes[0] === classes[1]) return `${classes[0]!}: two of them are taken in both orders`;
  return `${classes.join(' -> ')} -> ${classes[0]!}: each is wanted by who holds the one before`;
}

function edgeLines({ from, fromMode, to, toMode, held, wanted }: LockEdge): string[] {
  return [
    ...wrap(`${from} -> ${to}: ${held.actor}`, '  '),
    ...wrap(`held ${held.object}${how(fromMode)} since ${place(held)}`, '    '),
    ...wrap(`and wanted ${wanted.object}${how(toMode)} at ${place(wanted)}`, '    '),
  ];
}

/** One way in which it hangs: everybody takes the first of theirs, then everybody wants the second. */
function picture({ edges, heldBack }: LockCycle): string[] {
  const heads = edges.map((edge, k) => (edges.findIndex((other) => other.held.actor === edge.held.actor) === k ? edge.held.actor : `${edge.held.actor}'`));
  const rows = [
    ...edges.map((edge, column) => ({ column, text: `has ${edge.from}` })),
    ...edges.map((edge, column) => ({ column, text: `waits: ${edge.to}` })),
  ];
  return [
    ...columnText(heads, rows, TEXT_WIDTH - 4).map((line) => `    ${line}`.trimEnd()),
    ...(heldBack.length === 0 ? [] : ['', ...wrap(`Both hold ${heldBack.join(', ')} shared: it hangs when a writer has queued in between, whom no new reader passes.`, '  ')]),
  ];
}

/** Lines about one cycle. */
export const lockCycleLines = (cycle: LockCycle): string[] => [
  ...wrap(`possible deadlock: ${heading(cycle)}`), '',
  ...cycle.edges.flatMap(edgeLines),
  ...(cycle.classes.length === 1 ? [] : ['', '  This can hang:', '', ...picture(cycle)]),
];

/** Lines about the cycles; none if there are none. */
export const lockOrderLines = ({ cycles }: LockOrderReport): string[] => cycles.flatMap((cycle, k) => [...(k > 0 ? [''] : []), ...lockCycleLines(cycle)]);

/** Lines about all edges, for those who want to see the order that was found. */
export function lockEdgeLines({ edges }: LockOrderReport): string[] {
  const lines = edges.map(({ from, fromMode, to, toMode, wanted }) => `${from}${how(fromMode)} -> ${to}${how(toMode)} (${wanted.actor}: ${wanted.step})`);
  return lines.toSorted().flatMap((line) => wrap(line, '    ').map((part, k) => (k === 0 ? part.trimStart() : part)));
}
