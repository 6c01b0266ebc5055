// Steps that bring pages of a mapping in one by one, and of the kernel's own accesses to them: a write to a pipe and a read from one, vmsplice,
// process_vm_readv. What a signal would be for the process itself is a short transfer here, or EFAULT.

import { more, ok, outcome } from '../memory/outcome.ts';
import { arg, arg64, argumentOffset, putResult, resultOffset, type Call } from '../memory/calls.ts';
import { TAG_HOST } from '../memory/layouts/folio.ts';
import { fromBig, PAGE_SIZE, pageNumber, toBig } from '../memory/u64.ts';
import { fillBytes } from './bytes.ts';
import { EFAULT } from './errno.ts';
import { done } from './flush.ts';
import { absent } from './folio.ts';
import { specifyContent } from './ghost.ts';
import { denied, unmapped } from './host-fault.ts';
import { nothing } from './host-unmap.ts';
import { allows, allowsGup, isMapped, pagesOf } from './mappings.ts';
import type { Operation, Touch } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

type Arguments = Call['arguments'];
const range: Arguments = [
  { name: 'hva', type: 'u64', description: 'address, bytes' },
  { name: 'size', type: 'u64', description: 'bytes' },
];
const call = (name: string, description: string, more: Arguments = [], results: NonNullable<Call['results']> = []): Call =>
  ({ name, on: 'host', fragment: 'host.copy', description, recorded: true, arguments: [...range, ...more], results: [{ name: 'ret', type: 'u32' }, ...results] });

const copyTo = call('copy_to', 'read(2) from a pipe that holds bytes 65 into a mapping', [
  { name: 'segFrom', type: 'u32', default: 0, description: 'first segment of the page that is written, where content is by bytes' },
  { name: 'segTo', type: 'u32', default: 0, description: 'behind the last one; 0: whole pages' },
]);
const pvmRead = call('pvm_read', 'process_vm_readv(2) of the process itself', [
  { name: 'segment', type: 'u32', default: 0, description: 'segment of the first byte, where content is by bytes' },
], [{ name: 'first', type: 'u32' }]);

/** `ret` is what was transferred, in bytes. */
export const calls: readonly Call[] = [
  call('copy_from', 'write(2) from a mapping into an empty pipe'), copyTo, call('vmsplice', 'vmsplice(2): pages of a mapping become pages of a pipe'), pvmRead,
];

/** How each goes on when a page cannot be had: what was transferred before counts page by page of the pipe, or byte by byte. */
const KINDS: { readonly [name: string]: { readonly write?: true; readonly gup?: true; readonly byPage?: true } } = {
  copy_from: { byPage: true }, copy_to: { write: true, byPage: true }, vmsplice: { gup: true }, pvm_read: { gup: true },
};
const byOutcome = new Map(Object.entries(KINDS).map(([name, kind]) => [outcome(name), { name, ...kind }]));
const kindOf = ({ facts, mailbox }: World, f: Frame) => byOutcome.get(facts.callOutcomes[mailbox(f.self).type - 1]!)!;

/** Bytes that a filled pipe holds here. */
export const PIPE_BYTE = 65;

const resultAt = new Map(calls.map((one) => [one.name, resultOffset(one, 'ret')]));
const SEG_FROM = argumentOffset(copyTo, 'segFrom'), SEG_TO = argumentOffset(copyTo, 'segTo');
const SEGMENT = argumentOffset(pvmRead, 'segment'), FIRST = resultOffset(pvmRead, 'first');

/** What has gone through: `bytes`, which are EFAULT when there are none. */
function finish(world: World, f: Frame<Operation>, bytes: number): number {
  if (bytes === 0) f.errno = EFAULT;
  else putResult(world, f, resultAt.get(kindOf(world, f).name)!, bytes);
  return ok;
}

/** Content that the pipe gives to [first, last] of the pages that the range lies in. */
function store(world: World, pfn: number, from: number, to: number): void {
  const content = world.page(pfn);
  content.tag = TAG_HOST;
  content.writer = 0;
  content.value = PIPE_BYTE;
  content.secret_of = 0;
  specifyContent(world, pfn, TAG_HOST, 0, PIPE_BYTE);
  fillBytes(world, pfn, from, to === 0 ? world.facts.sizes.segment : to, PIPE_BYTE);
}

export const steps = {
  /** faultin_page, mmap_lock held for reading: the next page, if it is not there already. */
  'touch.next': (world, f) => {
    if (f.hva >= f.hva_end) return done;
    if (!isMapped(world, f.hva)) return unmapped;
    const { flags } = world.vm_flags(f.hva);
    if (!(f.gup !== 0 ? allowsGup : allows)(flags, f.write !== 0)) return denied;
    const entry = world.hpte(f.hva);
    if (entry.pfn === 0 || entry.protnone !== 0 || (f.write !== 0 && entry.writable === 0)) return absent;
    f.hva += 1;
    return more;
  },

  /** The range of a transfer. */
  'copy.begin': (world, f) => {
    const size = toBig(arg64(world, f, 2));
    if (size === 0n) return nothing;
    const { first, behind, whole } = pagesOf(world, arg64(world, f, 0), size);
    f.hva = first;
    f.hva_end = behind;
    if (!whole) {
      // Nothing is mapped at a page that the scenario does not know.
      finish(world, f, 0);
      return nothing;
    }
    const { write, gup } = kindOf(world, f);
    f.write = write === true ? 1 : 0;
    f.gup = gup === true ? 1 : 0;
    return ok;
  },
  /** All pages were there. What is written is written now, unless one of them has gone again. */
  'copy.finish': (world, f) => {
    const start = arg64(world, f, 0);
    const size = toBig(arg64(world, f, 2));
    const { name, write } = kindOf(world, f);
    const { first, behind } = pagesOf(world, start, size);
    if (write === true) {
      for (let hva = first; hva < behind; hva++) {
        const { pfn } = world.hpte(hva);
        if (pfn === 0) {
          f.hva = hva;
          return absent;
        }
        store(world, pfn, arg(world, f, SEG_FROM), arg(world, f, SEG_TO));
      }
    }
    if (name === pvmRead.name && world.facts.sizes.segment > 0) {
      const { pfn } = world.hpte(first);
      putResult(world, f, FIRST, pfn === 0 ? 0 : world.page_bytes(pfn).byte.at(arg(world, f, SEGMENT)));
    }
    return finish(world, f, Number(size));
  },
  /** One of them cannot be had: what lies before it has gone through. */
  'copy.short': (world, f) => {
    const start = toBig(arg64(world, f, 0));
    const reached = Number((world.facts.hvas.real(f.hva) << 12n) - start);
    const { byPage, name } = kindOf(world, f);
    const bytes = reached <= 0 ? 0 : byPage === true ? Math.floor(reached / PAGE_SIZE) * PAGE_SIZE : reached;
    if (bytes > 0 && name === pvmRead.name && world.facts.sizes.segment > 0) {
      const { pfn } = world.hpte(world.facts.hvas.lowerBound(pageNumber(fromBig(start))));
      putResult(world, f, FIRST, pfn === 0 ? 0 : world.page_bytes(pfn).byte.at(arg(world, f, SEGMENT)));
    }
    return finish(world, f, bytes);
  },
} satisfies { [name: string]: Step<Operation & Touch> };
