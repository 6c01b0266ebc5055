// Scenarios put together at random from everything that the language and the kernel have, all of them right: for checks that
// must stay silent whatever happens. The same seed gives the same scenario.

import { Random } from '../../src/runtime/random.ts';
import type { Scenario } from '../../src/scenario/types.ts';

type Op = { readonly op: string; readonly [member: string]: unknown };

export function randomScenario(seed: number): Scenario {
  const random = new Random(seed);
  const below = (n: number): number => random.below(n);
  const pick = <T>(...list: readonly T[]): T => list[below(list.length)]!;
  const some = (one: () => Op, most: number): Op[] => Array.from({ length: 1 + below(most) }, one);

  const pages = pick(4, 8);
  const vms = pick(1, 1, 2);
  const type = pick('sw-protected', 'sw-protected', 'confidential');
  const vm = (): number => below(vms);
  const fd = (): string => pick('A', 'A', 'B');
  const kind = (): string => pick('private', 'shared');

  const guest = (): Op => {
    const page = below(pages);
    const intent = type === 'sw-protected' ? {} : { private: below(2) === 0 };
    return pick<Op>(
      { op: 'read', page, ...intent }, { op: 'write', page, value: 1 + below(5), ...intent }, { op: 'write', page: 0, any: pages, value: 6, ...intent },
      { op: 'convert', page, pages: 1 + below(pages - page), to: kind() }, { op: 'speculate', page: 0, any: pages }, { op: 'evict', page: 0, any: pages },
    );
  };
  /** Of thread `t<i>`: two threads do not create the same descriptor. */
  const vmm = (i: number) => (): Op => {
    const page = below(pages);
    const range = { page, pages: 1 + below(pages - page) };
    return pick<Op>(
      { op: 'punch', fd: fd(), ...range }, { op: 'allocate', fd: fd(), ...range }, { op: 'set_attributes', vm: vm(), ...range, to: kind() },
      { op: 'set_region', vm: vm(), slot: below(2), ...range, flags: ['guest_memfd'], fd: fd(), filePage: page, memory: 'ram', memoryPage: page },
      { op: 'set_region', vm: vm(), slot: 1, ...range, flags: pick<string[]>([], ['log_dirty'], ['readonly']), memory: 'ram', memoryPage: page },
      { op: 'set_region', vm: vm(), slot: below(2), page: 0, pages: 0 },
      { op: 'madvise_dontneed', memory: 'ram', ...range }, { op: 'munmap', memory: 'ram', ...range }, { op: 'madvise_hwpoison', memory: 'ram', page },
      { op: 'host_write', memory: 'ram', page, value: 9 }, { op: 'host_read', memory: 'ram', page: 0, any: pages },
      { op: 'close', fd: fd() }, { op: 'create_gmem', vm: vm(), fd: i === 0 ? 'B' : `B${i}`, pages },
    );
  };
  const hardware = (): Op => pick<Op>(
    { op: 'memory_error', fd: 'A', page: below(pages) }, { op: 'memory_error', memory: 'ram', page: below(pages), early_kill: true },
    { op: 'interrupt', vcpu: 0 }, { op: 'signal', thread: 'cpu0' }, { op: 'pin', fd: 'A', page: 0 }, { op: 'unpin', fd: 'A', page: 0 },
    { op: 'pin', memory: 'ram', page: 0 }, { op: 'unpin', memory: 'ram', page: 0 }, { op: 'fail_allocation', after: 1 + below(4) }, { op: 'fail_arch_prepare', after: 1 },
  );
  return {
    name: `random-${seed}`, files: 4, slots: 8,
    vms: Array.from({ length: vms }, () => ({
      type, vcpus: Array.from({ length: 1 + below(2) }, () => ({
        program: [{ op: 'loop', times: 1 + below(3), do: some(guest, 5) }], policy: pick('convert', 'retry', 'stop'),
      })),
    })),
    memory: [{ name: 'ram', pages, huge: below(3) === 0 }],
    setup: [
      { op: 'create_gmem', vm: 0, fd: 'A', pages }, { op: 'set_region', vm: 0, slot: 0, page: 0, pages, flags: ['guest_memfd'], fd: 'A', memory: 'ram' },
      { op: 'set_attributes', vm: 0, page: 0, pages: 1 + below(pages), to: 'private' }, { op: 'create_gmem', vm: 0, fd: 'B', pages: 2 },
    ],
    threads: Array.from({ length: 1 + below(3) }, (_one, i) => ({ name: `t${i}`, program: some(vmm(i), 5) })),
    hardware: below(2) === 0 ? [] : [{ name: 'hw', program: some(hardware, 3) }],
  } as unknown as Scenario;
}
