// Steps of a hardware program: memory errors, interrupts, signals, pins, allocations that fail. What happens to the world
// without anybody's asking, at any moment that the schedule likes.

import { blocked, ok, outcome } from '../memory/outcome.ts';
import { HARDWARE, operand, PAGE_OF } from '../memory/code.ts';
import { mix } from '../memory/hash.ts';
import * as mailbox from '../memory/mailbox.ts';
import { TAG_POISON } from '../memory/layouts/folio.ts';
import { advance, takeBranch } from './control.ts';
import { headOf, putFolio } from './folio.ts';
import { specifyContent } from './ghost.ts';
import { sendSignal } from './signal.ts';
import { end, sent, unexpected } from './vmm.ts';
import type { Injector } from '../memory/frames.ts';
import type { Choose, Facts, Frame, Step, World } from '../memory/world.ts';

export const drain = outcome('drain');

/** The page frame that is at the page named by four operands from `at`: where, fd, page, span. 0: none there now. */
function frameAt({ fd, file, cache, hpte, facts }: World, f: Frame<Injector>, choose: Choose, at: number): number {
  const word = (i: number): number => operand(facts, f.self, f.pc, at + i);
  const span = word(3);
  const page = word(2) + (span > 1 ? choose(span) : 0);
  if (word(0) === PAGE_OF.MEMORY) return hpte(page).pfn;
  const handle = fd(word(1)).file;
  return handle === 0 ? 0 : cache(file(handle).inode, page).pfn;
}

/** The page's content is gone: whoever reads it now reads poison, and no reader can be promised anything. */
function destroyContent(world: World, pfn: number): void {
  const content = world.page(pfn);
  content.tag = TAG_POISON;
  content.writer = 0;
  content.value = 0;
  content.secret_of = 0;
  specifyContent(world, pfn, -1, 0, 0);
}

/** Page frames that a device holds, with a mark of the place that the instruction named which took them. */
const PINS = [['pin0', 'pinned0'], ['pin1', 'pinned1'], ['pin2', 'pinned2'], ['pin3', 'pinned3']] as const;

/** A number other than 0 for the place that the instruction at the program counter names. It is kept with a pin, and not where that
 *  instruction stands: what came as a command is gone when the next one comes. */
function placeMark(facts: Facts, f: Frame<Injector>): number {
  let mark = 0;
  for (let i = 1; i <= 4; i++) mark = mix(mark + operand(facts, f.self, f.pc, i));
  return (mark >>> 1) + 1 | 0 || 1;
}

function pin(world: World, f: Frame<Injector>, pfn: number): void {
  const place = PINS.find(([name]) => f[name] === 0);
  if (pfn === 0 || place === undefined) return;
  world.folio_ref(headOf(world.folio, pfn)).add_refcount(1);
  f[place[0]] = pfn;
  f[place[1]] = placeMark(world.facts, f);
}

/** Drops the oldest pin of an instruction with the same operands as this one. */
function unpin(world: World, f: Frame<Injector>): void {
  const mark = placeMark(world.facts, f);
  const place = PINS.find(([name, by]) => f[name] !== 0 && f[by] === mark);
  if (place === undefined) return;
  putFolio(world, f[place[0]]);
  f[place[0]] = 0;
  f[place[1]] = 0;
}

export const steps = {
  /** The next event of the program. One about a page that is not there is none. */
  'hw.next': (world, f, choose) => {
    const { facts } = world;
    const word = (i: number): number => operand(facts, f.self, f.pc, i);
    switch (word(0)) {
      case HARDWARE.MEMORY_ERROR: {
        const pfn = frameAt(world, f, choose, 3);
        if (pfn === 0) break;
        destroyContent(world, pfn);
        mailbox.send(world.mailbox(word(1)), 1, f.self, [pfn, word(7), word(8)]);
        return sent;
      }
      case HARDWARE.INTERRUPT:
        world.ipi(word(1)).inflight.set(f.self);
        break;
      case HARDWARE.SIGNAL:
        sendSignal(world, f.self, word(1), { number: word(2) });
        break;
      case HARDWARE.MIX:
        takeBranch(facts, f, choose);
        return ok;
      case HARDWARE.NOTIFY:
        world.sync_point(word(1)).add_count(1);
        break;
      case HARDWARE.AWAIT: {
        const point = world.sync_point(word(1));
        if (point.count === 0) return blocked(point);
        break;
      }
      case HARDWARE.PIN:
        pin(world, f, frameAt(world, f, choose, 1));
        break;
      case HARDWARE.UNPIN:
        unpin(world, f);
        break;
      case HARDWARE.FAIL_ALLOCATION:
        world.fault_injection().allocation = word(1);
        break;
      case HARDWARE.FAIL_ARCH_PREPARE:
        world.fault_injection().arch_prepare = word(1);
        break;
      case HARDWARE.LRU_DRAIN: return drain;
      default: return end;
    }
    advance(facts, f);
    return ok;
  },
  /** memory_failure() has dealt with the page. */
  'hw.receiveReply': (world, f) => {
    const box = world.mailbox(f.self);
    if (!mailbox.waiting(box)) return mailbox.nothing(box);
    const errno = box.payload.at(0);
    mailbox.take(box);
    const expected = operand(world.facts, f.self, f.pc, 2);
    advance(world.facts, f);
    if (expected === 0 || expected - 1 === errno) return ok;
    // Kept only where somebody will ask, so that states of other answers stay equal.
    f.ret = errno;
    return unexpected;
  },
  /** lru_add_drain_all: in 6.8 nothing of guest_memfd waits in a batch. */
  'hw.lruDrain': ({ facts }, f) => {
    advance(facts, f);
    return ok;
  },
} satisfies { [name: string]: Step<Injector> };
