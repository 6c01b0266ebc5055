// The language of guests: accesses and conversions.

import { GUEST } from '../memory/code.ts';
import { at, ScenarioError } from './errors.ts';
import { guestPage, parseU64, wordsOf } from './values.ts';
import { GUEST_PAGES } from './limits.ts';
import type { Emit } from './program.ts';
import type { Spaces } from './spaces.ts';
import type { GuestHypercall, GuestOp } from './types.ts';
import type { AnyOp } from './walk.ts';

/** Instructions of one operation. */
export function guestLeaf(spaces: Spaces) {
  return (any: AnyOp, path: string): Emit[] => {
    if (any.op === 'map_gpa_range') return [hypercall(any as unknown as GuestHypercall, path)];
    const op = any as unknown as Extract<GuestOp, { page: unknown }>;
    const first = guestPage(op.page, at(path, 'page'));
    const span = 'any' in op ? op.any ?? 1 : 'pages' in op ? op.pages : 1;
    if (first + BigInt(span) > GUEST_PAGES) throw new ScenarioError(path, 'its pages lie beyond the guest-physical address space of 2^40 pages');
    spaces.add('gfns', first, BigInt(span), path);
    const intent = 'private' in op && op.private === true ? 1 : 0;
    switch (op.op) {
      case 'read': return [({ gfn }) => [GUEST.READ, gfn(first), span, intent]];
      case 'check': return [({ gfn }) => [GUEST.READ, gfn(first), 1, intent, op.value + 1]];
      case 'write': return [({ gfn }) => [GUEST.WRITE, gfn(first), span, intent, op.value ?? 1]];
      case 'fill': return Array.from({ length: span }, (_one, i): Emit => ({ gfn }) => [GUEST.WRITE, gfn(first + BigInt(i)), 1, intent, op.value]);
      case 'convert': return [({ gfn }) => [GUEST.MAP_GPA_RANGE, gfn(first), span, op.to === 'private' ? 1 : 0]];
      case 'speculate': return [({ gfn }) => [GUEST.SPECULATE, gfn(first), span]];
      case 'evict': return [({ gfn }) => [GUEST.EVICT, gfn(first), span]];
    }
  };
}

/** MAP_GPA_RANGE with a fourth operand of 1: the registers follow. */
function hypercall({ gpa, npages, attributes }: GuestHypercall, path: string): Emit {
  const registers = [gpa, npages, attributes].flatMap((value, i) => wordsOf(parseU64(value, at(path, ['gpa', 'npages', 'attributes'][i]!))));
  return () => [GUEST.MAP_GPA_RANGE, 0, 0, 0, 1, ...registers];
}
