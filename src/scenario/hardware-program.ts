// The language of hardware: what happens to pages, CPUs, allocations, without anybody's asking.

import { HARDWARE, PAGE_OF } from '../memory/code.ts';
import { ERRNO_NUMBERS } from '../steps/errno.ts';
import { descriptorNumber, hostPage, threadNumber, vcpuNumber, type Cast } from './cast.ts';
import { at, ScenarioError } from './errors.ts';
import { PAGE, parseU64 } from './values.ts';
import type { Emit, Link } from './program.ts';
import type { Spaces } from './spaces.ts';
import type { FailAfter, HardwareOp, Interrupt, MemoryError, PagePlace, Pin, Signal } from './types.ts';
import type { AnyOp } from './walk.ts';

/** SIGUSR1. */
const SIGNAL = 10;

/** Instructions of one operation of the program `name`. */
export function hardwareLeaf(cast: Cast, spaces: Spaces, name: string, largestFile: (descriptor: bigint) => bigint) {
  return (any: AnyOp, path: string): Emit[] => {
    const op = any as unknown as HardwareOp;
    switch (op.op) {
      case 'memory_error': {
        const { thread, early_kill, expect } = op as MemoryError;
        const place = placeOf(op as MemoryError, path, cast, spaces, largestFile);
        const consumer = thread === undefined ? 0 : threadNumber(cast, thread, at(path, 'thread')) + 1;
        const expected = expect === undefined ? 0 : ERRNO_NUMBERS[expect]! + 1;
        return [(link) => [HARDWARE.MEMORY_ERROR, link.actor(`${name}.mf`), expected, ...place(link), consumer, early_kill === true ? 1 : 0]];
      }
      case 'pin': case 'unpin': {
        const place = placeOf(op as Pin, path, cast, spaces, largestFile);
        return [(link) => [op.op === 'pin' ? HARDWARE.PIN : HARDWARE.UNPIN, ...place(link)]];
      }
      case 'interrupt': {
        const vcpu = vcpuNumber(cast, (op as Interrupt).vcpu, at(path, 'vcpu'));
        return [() => [HARDWARE.INTERRUPT, vcpu]];
      }
      case 'signal': {
        const thread = threadNumber(cast, (op as Signal).thread, at(path, 'thread'));
        const { number = SIGNAL } = op as Signal;
        return [() => [HARDWARE.SIGNAL, thread, number]];
      }
      case 'fail_allocation': return [() => [HARDWARE.FAIL_ALLOCATION, ((op as FailAfter).after ?? 0) + 1]];
      case 'fail_arch_prepare': return [() => [HARDWARE.FAIL_ARCH_PREPARE, ((op as FailAfter).after ?? 0) + 1]];
      default: return [() => [HARDWARE.LRU_DRAIN]];
    }
  };
}

/** [where, fd, page, span]. */
function placeOf({ fd, memory, page, any = 1 }: PagePlace, path: string, cast: Cast, spaces: Spaces, largestFile: (descriptor: bigint) => bigint): (link: Link) => readonly number[] {
  if ((fd === undefined) === (memory === undefined)) throw new ScenarioError(path, "the page belongs either to a file, 'fd', or to a region, 'memory'");
  const number = parseU64(page, at(path, 'page'));
  if (fd === undefined) {
    const first = hostPage(cast, memory!, number > 0xffff_ffffn ? 0xffff_ffff : Number(number), any, path);
    return ({ hva }) => [PAGE_OF.MEMORY, 0, hva(first), any];
  }
  const descriptor = descriptorNumber(cast, fd, at(path, 'fd'));
  const size = largestFile(BigInt(descriptor));
  const last = number + BigInt(any) - 1n;
  if ((last + 1n) * PAGE > size) throw new ScenarioError(at(path, 'page'), `page ${last} lies behind the end of '${fd}', which has ${size / PAGE}`);
  spaces.add('indexes', number, BigInt(any), path);
  return ({ index }) => [PAGE_OF.FILE, descriptor, index(number), any];
}
