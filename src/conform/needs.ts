// What the world of a case must have: how many of everything, which pages, where accesses cut pages. Needs of several cases add up to
// those of one world for all of them.

import { Names } from './names.ts';
import type { Step } from './recording.ts';
import { approximately, isNumeric, numeric, PAGE, toBigInt, type Numeric } from './values.ts';

/** Pages [start, end). */
export interface Range { readonly start: bigint; readonly end: bigint }

export interface Needs {
  /** By type: default, software-protected. */
  vms: [number, number];
  /** Of the VM that has most. */
  vcpus: number;
  fds: number;
  files: number;
  /** Pages of each mapping, by number. */
  regions: number[];
  /** Calls that may make a memslot. */
  slots: number;
  /** Slot ids: 0 to this, exclusive. */
  slotIds: number;
  gfns: Range[];
  indexes: Range[];
  /** Host pages that slots name and no mapping covers. */
  hvas: Range[];
  /** Offsets within a page at which an access begins or ends. */
  cuts: Set<number>;
  /** What hypercalls are answered, the first 0. */
  answers: Numeric[];
  /** Page frames that can be in use at a time. */
  frames: number;
  /** Number of the first mapping that the recorder makes for its own slots, one for each VM; -1: it makes none. */
  hidden: number;
  /** Steps of the longest case. */
  steps: number;
}

/** Pages that one range of a case may have: what is larger is refused by calls, or is not modelled. */
export const MOST_PAGES = 1 << 15;
/** Slots of ids beyond these are of another address space, or refused. */
const MOST_SLOT_IDS = 32_764;
/** Guest page of the guest's own code. */
export const CODE_PAGE = 0x1;
/** First page of a mapping, and pages from one mapping to the next: far apart, with nothing between them. */
const FIRST_PAGE = 0x7f000_0000;
const STRIDE = 1 << 17;

/** First page of mapping number `region`. */
export const firstPageOf = (region: number): number => FIRST_PAGE + region * STRIDE;

/** A world that holds nothing. */
export const noNeeds = (): Needs => ({
  vms: [0, 0], vcpus: 0, fds: 0, files: 0, regions: [], slots: 0, slotIds: 1, gfns: [], indexes: [], hvas: [], cuts: new Set(), answers: [0], frames: 0, hidden: -1, steps: 0,
});

const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE);

/** Adds the pages that bytes [from, from + length) lie in, if they are not too many. */
function addPages(list: Range[], from: Numeric, length: Numeric): void {
  const start = toBigInt(from);
  const bytes = toBigInt(length);
  if (start < 0n || bytes <= 0n || start + bytes > 1n << 64n || bytes > BigInt(MOST_PAGES * PAGE)) return;
  list.push({ start: start >> 12n, end: (start + bytes + 4095n) >> 12n });
}

/** What the steps of one case need. */
export function needsOf(steps: readonly Step[]): Needs {
  const needs = noNeeds();
  const names = new Names();
  /** Pages of each file, by descriptor: a duplicate has those of the file. */
  let filePages = 0;
  const visit = (step: Step): void => {
    const { op, args } = step;
    const number = (name: string): Numeric => (args[name] ?? 0) as Numeric;
    const made = names.make(step);
    switch (op) {
      case 'create_gmem': case 'make_file': needs.files++; break;
      case 'anon': case 'mmap': {
        if (made.kind !== 'map') break;
        const bytes = approximately(number('len'));
        needs.regions[made.region] = bytes > 0 && bytes <= MOST_PAGES * PAGE ? pagesOf(bytes) : 1;
        if (op === 'mmap') addPages(needs.indexes, number('offset'), number('len'));
        break;
      }
      case 'set_region2': case 'set_region': {
        const size = approximately(number('size'));
        const id = Number(BigInt.asUintN(16, isNumeric(args['slot']) ? toBigInt(args['slot']) : 0xffffn));
        if (id < MOST_SLOT_IDS) needs.slotIds = Math.max(needs.slotIds, id + 1);
        if (size <= 0) break;
        needs.slots++;
        addPages(needs.gfns, number('gpa'), number('size'));
        if (op === 'set_region2') addPages(needs.indexes, number('offset'), number('size'));
        addSlotMemory(needs, names, args['hva'], number('size'));
        break;
      }
      case 'fallocate':
        if ((approximately(number('mode')) & 2) === 0) addPages(needs.indexes, number('offset'), number('len'));
        break;
      case 'set_gmem_attr': addPages(needs.indexes, number('offset'), number('size')); break;
      case 'memory_failure': case 'unpoison':
        if (args['fd'] !== undefined) addPages(needs.indexes, number('offset'), 1);
        break;
      case 'guest_access': case 'spin_start': {
        addPages(needs.gfns, number('gpa'), number('len'));
        // What is written little-endian has one value a byte.
        const length = approximately(number('len'));
        if (length <= 8) for (let i = 0; i <= length; i++) needs.cuts.add((offsetOf(number('gpa')) + i) % PAGE);
        else cut(needs, number('gpa'), number('len'));
        break;
      }
      case 'run':
        addAnswer(needs, number('hypercall_ret'));
        // Without anything to do a guest goes on with its own code.
        addPages(needs.gfns, CODE_PAGE * PAGE, 1);
        cut(needs, 0, 1);
        break;
      case 'hypercall_map_gpa': addPages(needs.gfns, number('gpa'), PAGE); break;
      case 'prefault': addPages(needs.gfns, number('gpa'), approximately(number('size')) <= 64 * PAGE ? number('size') : 1); break;
      case 'host_read': case 'host_write': case 'fork_read': case 'fork_write': case 'copy_to': case 'copy_from': case 'vmsplice':
        cut(needs, number('off'), number('len'));
        addAccess(needs, names, args['map'], number('off'), number('len'));
        break;
      case 'pvm_read': {
        cut(needs, number('off'), number('len'));
        cut(needs, number('off'), 1);
        addAccess(needs, names, args['map'], number('off'), number('len'));
        break;
      }
      case 'child': visit(args['step'] as unknown as Step); break;
      case 'concurrent': for (const list of ['a', 'b']) for (const one of args[list] as unknown as readonly Step[]) visit(one); break;
      default: break;
    }
  };
  for (const step of steps) visit(step);
  filePages = needs.indexes.reduce((sum, { start, end }) => sum + Number(end - start), 0);
  needs.vms = names.vms;
  needs.vcpus = Math.max(0, ...names.vcpus.values());
  needs.fds = names.fds;
  needs.frames = needs.regions.reduce((sum, pages) => sum + pages, 0) + filePages;
  needs.steps = steps.length;
  return needs;
}

function addAnswer({ answers }: Needs, answer: Numeric): void {
  if (!answers.some((one) => toBigInt(one) === toBigInt(answer))) answers.push(answer);
}

/** Where in its page an address lies. */
const offsetOf = (value: Numeric): number => Number(BigInt.asUintN(12, toBigInt(value)));

/** An access begins at `from` and ends `length` bytes behind it. */
function cut(needs: Needs, from: Numeric, length: Numeric): void {
  needs.cuts.add(offsetOf(from));
  needs.cuts.add(Number(BigInt.asUintN(12, toBigInt(from) + toBigInt(length))));
}

/** Host pages of a slot: those of a mapping are there anyway; behind its end, and at addresses where nothing is, they are still counted through. */
function addSlotMemory(needs: Needs, names: Names, hva: unknown, size: Numeric): void {
  if (typeof hva === 'string' && !/^-?0x/.test(hva)) {
    const [name, offset = '0'] = hva.split('+') as [string, string?];
    const map = names.of(name);
    addPages(needs.hvas, map.kind === 'map' ? firstPageOf(map.region) * PAGE + Number(offset) : 0, size);
    if (map.kind === 'map') addPages(needs.hvas, Number(offset), size);
  } else addPages(needs.hvas, hva as Numeric, size);
}

/** Pages of an access, which may lie behind the end of its mapping: there it stops at the first. */
function addAccess(needs: Needs, names: Names, map: unknown, off: Numeric, length: Numeric): void {
  const handle = names.of(map);
  if (handle.kind !== 'map') return;
  const first = BigInt(firstPageOf(handle.region)) << 12n;
  const behind = first + (BigInt((needs.regions[handle.region] ?? 1) + 1) << 12n);
  const start = first + toBigInt(off);
  const end = start + toBigInt(length);
  addPages(needs.hvas, numeric(start < 0n ? 0n : start), start >= behind ? (approximately(length) > PAGE ? PAGE : length) : end > behind ? Number(behind - start) : length);
}

/** Makes `to` large enough for `more` as well. */
export function addNeeds(to: Needs, more: Needs): void {
  to.vms = [Math.max(to.vms[0], more.vms[0]), Math.max(to.vms[1], more.vms[1])];
  for (const name of ['vcpus', 'fds', 'files', 'slots', 'slotIds', 'frames', 'steps'] as const) to[name] = Math.max(to[name], more[name]);
  more.regions.forEach((pages, region) => { to.regions[region] = Math.max(to.regions[region] ?? 0, pages); });
  for (const name of ['gfns', 'indexes', 'hvas'] as const) to[name] = merged([...to[name], ...more[name]]);
  for (const one of more.cuts) to.cuts.add(one);
  for (const one of more.answers) addAnswer(to, one);
}

/** The same pages as ranges that do not touch, ascending. */
export function merged(ranges: readonly Range[]): Range[] {
  const sorted = ranges.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const result: { start: bigint; end: bigint }[] = [];
  for (const { start, end } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) { if (end > last.end) last.end = end; }
    else result.push({ start, end });
  }
  return result;
}

/** Pages of all ranges. */
export const countPages = (ranges: readonly Range[]): number => merged(ranges).reduce((sum, { start, end }) => sum + Number(end - start), 0);

/** The slot of the recorder's own in every VM, or of the selftests' in one with a vCPU: its pages, from guest page 0 on, and its id. */
export const HIDDEN_PAGES = 512, RECORDERS_SLOT = 100, SELFTESTS_SLOT = 0;

/** Adds what the recorder's own slots need. */
export function addHidden(needs: Needs): void {
  const vms = needs.vms[0] + needs.vms[1];
  needs.hidden = needs.regions.length;
  for (let vm = 0; vm < vms; vm++) needs.regions.push(HIDDEN_PAGES);
  needs.slots += vms;
  needs.slotIds = Math.max(needs.slotIds, RECORDERS_SLOT + 1);
  needs.gfns = merged([...needs.gfns, { start: 0n, end: BigInt(HIDDEN_PAGES) }]);
  // Of its pages a guest touches a few.
  needs.frames += 8 * vms;
  needs.cuts.add(1);
}
