// The language of hardware: what happens to pages, CPUs, allocations, without anybody's asking.

import { HARDWARE } from '../memory/code.ts';
import { descriptorNumber, hostPage, threadNumber, vcpuNumber, type Cast } from './cast.ts';
import { at, ScenarioError } from './errors.ts';
import { PAGE, parseU64 } from './values.ts';
import type { Emit, Link } from './program.ts';
import type { Spaces } from './spaces.ts';
import type { FailAfter, HardwareOp, Interrupt, OnPage, Signal } from './types.ts';
import type { AnyOp } from './walk.ts';

const ON_PAGE = { memory_error: HARDWARE.MEMORY_ERROR, pin: HARDWARE.PIN, unpin: HARDWARE.UNPIN } as const;

/** Instructions of one operation of the program `name`. */
export function hardwareLeaf(cast: Cast, spaces: Spaces, name: string, largestFile: (descriptor: bigint) => bigint) {
  return (any: AnyOp, path: string): Emit[] => {
    const op = any as unknown as HardwareOp;
    switch (op.op) {
      case 'memory_error': case 'pin': case 'unpin': {
        const place = placeOf(op as OnPage, path, cast, spaces, largestFile);
        return [(link) => [ON_PAGE[op.op], ...place(link), op.op === 'memory_error' ? link.actor(`${name}.mf`) : 0]];
      }
      case 'interrupt': {
        const vcpu = vcpuNumber(cast, (op as Interrupt).vcpu, at(path, 'vcpu'));
        return [() => [HARDWARE.INTERRUPT, vcpu]];
      }
      case 'signal': {
        const thread = threadNumber(cast, (op as Signal).thread, at(path, 'thread'));
        return [() => [HARDWARE.SIGNAL, thread]];
      }
      case 'fail_allocation': return [() => [HARDWARE.FAIL_ALLOCATION, ((op as FailAfter).after ?? 0) + 1]];
      case 'fail_arch_prepare': return [() => [HARDWARE.FAIL_ARCH_PREPARE, ((op as FailAfter).after ?? 0) + 1]];
      default: return [() => [HARDWARE.LRU_DRAIN]];
    }
  };
}

/** [descriptor or -1, index, hva]. */
function placeOf({ fd, memory, page }: OnPage, path: string, cast: Cast, spaces: Spaces, largestFile: (descriptor: bigint) => bigint): (link: Link) => readonly number[] {
  if ((fd === undefined) === (memory === undefined)) throw new ScenarioError(path, "the page belongs either to a file, 'fd', or to a region, 'memory'");
  const number = parseU64(page, at(path, 'page'));
  if (fd !== undefined) {
    const descriptor = descriptorNumber(cast, fd, at(path, 'fd'));
    const size = largestFile(BigInt(descriptor));
    if ((number + 1n) * PAGE > size) throw new ScenarioError(at(path, 'page'), `page ${number} lies behind the end of '${fd}', which has ${size / PAGE}`);
    spaces.add('indexes', number, 1n, path);
    return ({ index }) => [descriptor, index(number), 0];
  }
  const first = hostPage(cast, memory!, number > 0xffff_ffffn ? 0xffff_ffff : Number(number), 1, path);
  return ({ hva }) => [-1, 0, hva(first)];
}
