// What a VMM thread of a drawn scenario may do: each row is an operation that can be drawn on a ground, and how often.

import { argumentWords, scenarioCalls, type Call } from '../../memory/calls.ts';
import { sugarOf } from '../../scenario/sugar.ts';
import type { AnyOp } from '../../scenario/walk.ts';
import type { Dice, Weighted } from './dice.ts';
import { ELSEWHERE, slotMembers, type Ground } from './ground.ts';

/** An operation that may be drawn; it answers nothing where the ground has not what it is about. */
export interface Word extends Weighted { draw(ground: Ground, dice: Dice): AnyOp | undefined }

/** A page, mostly the one that everybody wants; of a huge page any. */
export const drawPage = ({ pages, focus, huge }: Ground, dice: Dice): number => (dice.chance(huge ? 40 : 75) ? focus : dice.below(pages));

/** The same where a second slot may lie, now and then. */
export const elsewhere = <T extends { readonly page: number }>(range: T, dice: Dice): T => (dice.chance(8) ? { ...range, page: range.page + ELSEWHERE } : range);

/** A range, mostly of one page. */
export function drawRange(ground: Ground, dice: Dice): { page: number; pages: number } {
  if (dice.chance(30)) return { page: 0, pages: ground.pages };
  const page = drawPage(ground, dice);
  return { page, pages: dice.chance(70) ? 1 : ground.pages - page };
}

const vmOf = ({ vms }: Ground, dice: Dice): { vm?: number } => (vms > 1 ? { vm: dice.index(80, 20) } : {});
const fileOf = ({ files }: Ground, dice: Dice): string | undefined => (files.size === 0 ? undefined : [...files.keys()][dice.index(...[80, 20].slice(0, files.size))]);
const regionOf = ({ memory }: Ground): string | undefined => memory[0]?.name;

const onFile = (weight: number, make: (fd: string, ground: Ground, dice: Dice) => AnyOp | undefined): Word => ({
  weight, draw: (ground, dice) => {
    const fd = fileOf(ground, dice);
    return fd === undefined ? undefined : make(fd, ground, dice);
  },
});
const onMemory = (weight: number, make: (memory: string, ground: Ground, dice: Dice) => AnyOp): Word => ({
  weight, draw: (ground, dice) => {
    const memory = regionOf(ground);
    return memory === undefined ? undefined : make(memory, ground, dice);
  },
});
const onSlot = (weight: number, make: (slot: Ground['slots'][number], ground: Ground, dice: Dice) => AnyOp | undefined): Word =>
  ({ weight, draw: (ground, dice) => (ground.slots.length === 0 ? undefined : make(dice.pick(ground.slots), ground, dice)) });

/** Numbers at which checks of ranges go wrong, in pages. */
const EDGES = ['0x7ffffffffffff', '0x8000000000000', '0xfffffffffffff', '0x10000000000'] as const;

/** Words that every kernel with these calls has. */
const words: readonly (Word & { readonly call?: string })[] = [
  onFile(10, (fd, ground, dice) => ({ op: 'punch', fd, ...drawRange(ground, dice) })),
  onFile(4, (fd, ground, dice) => ({ op: 'allocate', fd, ...drawRange(ground, dice) })),
  onFile(7, (fd) => ({ op: 'close', fd })),
  onFile(1, (fd) => ({ op: 'dup', fd, newFd: 'A2' })),
  { weight: 9, draw: (ground, dice) => (ground.type === 'default' ? undefined : { op: 'set_attributes', ...vmOf(ground, dice), ...elsewhere(drawRange(ground, dice), dice), to: dice.pick(['private', 'shared']) }) },
  // Memslots: deleted, made anew, made twice, with other flags, elsewhere.
  onSlot(8, ({ slot }, ground) => ({ op: 'set_region', ...(ground.vms > 1 ? { vm: 0 } : {}), slot, page: 0, pages: 0 })),
  onSlot(4, (slot, ground) => ({ op: 'set_region', ...(ground.vms > 1 ? { vm: 0 } : {}), ...slotMembers(slot) })),
  onSlot(4, ({ slot, page, pages, filePage, memory }, ground, dice) => ({
    op: 'set_region', ...(ground.vms > 1 ? { vm: 0 } : {}), ...slotMembers({ slot, page, pages, filePage, ...(memory === undefined ? {} : { memory }) }),
    flags: dice.pick([[], [], ['log_dirty'], ['readonly']]),
  })),
  onSlot(4, ({ pages, fd, filePage, memory }, ground, dice) => ({
    op: 'set_region', ...vmOf(ground, dice),
    ...slotMembers({ slot: 2, page: ELSEWHERE, pages, filePage, ...(fd === undefined ? {} : { fd }), ...(memory === undefined ? {} : { memory }) }),
  })),
  onFile(4, (fd, ground, dice) => ({
    op: 'set_region', ...vmOf(ground, dice),
    ...slotMembers({ slot: dice.pick([0, 1, 2]), page: dice.pick([0, ELSEWHERE]), pages: 1 + dice.below(ground.pages), fd, filePage: dice.below(ground.pages), ...(ground.memory.length > 0 ? { memory: 'ram' } : {}) }),
  })),
  onMemory(3, (memory, ground, dice) => ({ op: 'set_region', ...vmOf(ground, dice), slot: dice.pick([0, 2]), page: dice.pick([0, ELSEWHERE]), pages: ground.pages, memory, flags: dice.pick([[], [], ['readonly']]) })),
  // The slot that the set-up has left out.
  onFile(12, (fd, ground) => (ground.slots.length > 0 || ground.type === 'default' ? undefined
    : { op: 'set_region', ...(ground.vms > 1 ? { vm: 0 } : {}), ...slotMembers({ slot: 0, page: 0, pages: ground.files.get(fd)!, fd, filePage: 0, ...(ground.memory.length > 0 ? { memory: 'ram' } : {}) }) })),
  // Numbers at the edges.
  onFile(4, (fd, ground, dice) => ({ op: 'set_region', ...vmOf(ground, dice), ...slotMembers({ slot: 2, page: ground.slots.length === 0 ? 0 : ELSEWHERE, pages: 1 + dice.below(2), fd, filePage: 0 }), filePage: dice.pick(EDGES) })),
  onFile(1, (fd, _ground, dice) => ({ op: dice.pick(['punch', 'allocate']), fd, page: dice.pick(EDGES), pages: 1 + dice.below(2) })),
  { weight: 1, draw: (ground, dice) => (ground.type === 'default' ? undefined : { op: 'set_attributes', ...vmOf(ground, dice), page: dice.pick(EDGES), pages: dice.pick([1, 2]), to: 'private' }) },
  // The VMM's own memory.
  onMemory(5, (memory, ground, dice) => ({ op: 'madvise_dontneed', memory, ...drawRange(ground, dice) })),
  onMemory(2, (memory, ground, dice) => ({ op: 'munmap', memory, ...drawRange(ground, dice) })),
  onMemory(2, (memory, ground, dice) => ({ op: 'madvise_hwpoison', memory, page: drawPage(ground, dice) })),
  onMemory(3, (memory, ground, dice) => ({ op: 'host_write', memory, page: drawPage(ground, dice), value: 9 })),
  onMemory(3, (memory, ground, dice) => ({ op: 'host_read', memory, page: drawPage(ground, dice) })),
  // Ends.
  { weight: 2, call: 'close_vm', draw: (ground, dice) => ({ op: 'close_vm', vm: vmOf(ground, dice).vm ?? 0 }) },
];

/** Calls that the words above make, or that need what not every scenario has. */
const MADE = new Set(['fallocate', 'set_region', 'set_attributes', 'close', 'dup', 'madvise_dontneed', 'munmap', 'madvise_hwpoison', 'close_vm', 'close_vcpu', 'create_gmem']);
const OPERATIONS = new Set(['punch', 'allocate', 'host_write', 'host_read']);

/** Any other call of a kernel, with arguments as their types say: a patch may bring some. */
function anyCall(call: Call, weight: number): Word {
  return {
    weight, draw: (ground, dice) => {
      const members: Record<string, unknown> = {};
      const range = drawRange(ground, dice);
      const sugar = sugarOf(call);
      for (const { name, type } of call.arguments) {
        if (type === 'vm') members[name] = dice.below(ground.vms);
        else if (type === 'fd') {
          const fd = fileOf(ground, dice);
          if (fd === undefined) return undefined;
          members[name] = fd;
        } else if (type === 'newFd') members[name] = `${call.name}-fd`;
        else if (type === 'region' || type === 'vcpu') {
          const it = type === 'region' ? regionOf(ground) : 0;
          if (it === undefined) return undefined;
          members[name] = it;
        } else {
          const short = sugar.find((one) => one.stands === name && one.kind === 'pages');
          if (short !== undefined) members[short.name] = short.name === 'pages' ? range.pages : range.page;
          else members[name] = dice.below(argumentWords(type) === 2 ? 3 : 4);
        }
      }
      const region = sugar.find(({ kind }) => kind === 'region');
      return { op: call.name, ...members, ...(region === undefined || ground.memory.length === 0 ? {} : { [region.name]: 'ram' }) };
    },
  };
}

/** What a VMM may do on a kernel with these calls. The calls that files only refuse share the weight of one. */
export function vmmWords(all: readonly Call[]): Word[] {
  const calls = scenarioCalls(all);
  const has = new Set(calls.map(({ name }) => name));
  const others = calls.filter(({ name }) => !MADE.has(name));
  const refused = others.filter(({ fragment }) => fragment === 'gmem.refusedCall');
  const drawn = words.filter(({ call }) => call === undefined || has.has(call)).map(({ weight, draw }): Word => ({
    weight, draw: (ground, dice) => {
      const op = draw(ground, dice);
      // A kernel of long ago may not have the call.
      return op !== undefined && (has.has(op.op) || OPERATIONS.has(op.op)) ? op : undefined;
    },
  }));
  if (refused.length > 0) drawn.push({ weight: 1, draw: (ground, dice) => anyCall(dice.pick(refused), 1).draw(ground, dice) });
  return [...drawn, ...others.filter((one) => !refused.includes(one)).map((call) => anyCall(call, 5))];
}
