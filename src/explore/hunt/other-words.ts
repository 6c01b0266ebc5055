// What guests and hardware of a drawn scenario may do.

import { drawPage, drawRange, elsewhere, type Word } from './vmm-words.ts';

const intent = (type: string, chance: boolean): { private?: boolean } => (type === 'confidential' ? { private: chance } : {});

/** Operations of a guest. */
export const guestWords: readonly Word[] = [
  { weight: 7, draw: (ground, dice) => ({ ...elsewhere({ op: 'write', page: drawPage(ground, dice) }, dice), value: 1 + dice.below(5), ...intent(ground.type, dice.chance(60)) }) },
  { weight: 6, draw: (ground, dice) => ({ ...elsewhere({ op: 'read', page: drawPage(ground, dice) }, dice), ...intent(ground.type, dice.chance(60)) }) },
  { weight: 2, draw: (ground, dice) => (ground.type === 'default' ? undefined : { op: 'convert', ...drawRange(ground, dice), to: dice.pick(['private', 'shared']) }) },
  { weight: 1, draw: (ground, dice) => ({ op: 'speculate', page: drawPage(ground, dice) }) },
  { weight: 1, draw: (ground, dice) => ({ op: 'evict', page: drawPage(ground, dice) }) },
];

/** Where hardware strikes or holds: a page of file A, or of the VMM's memory. */
const place: (ground: Parameters<Word['draw']>[0], dice: Parameters<Word['draw']>[1]) => { fd: string; page: number } | { memory: string; page: number } | undefined = (ground, dice) => {
  const page = drawPage(ground, dice);
  const memory = ground.memory[0]?.name;
  if (ground.files.has('A') && (memory === undefined || dice.chance(75))) return { fd: 'A', page };
  return memory === undefined ? undefined : { memory, page };
};
const onPlace = (weight: number, op: string): Word => ({
  weight, draw: (ground, dice) => {
    const there = place(ground, dice);
    return there === undefined ? undefined : { op, ...there, ...(op === 'memory_error' && dice.chance(15) ? { early_kill: true } : {}) };
  },
});

/** What hardware may do in any scenario; interrupts and signals need somebody, and are added where there is. */
export const hardwareWords: readonly Word[] = [
  onPlace(9, 'memory_error'), onPlace(3, 'pin'), onPlace(1, 'unpin'),
  { weight: 4, draw: (_ground, dice) => ({ op: 'fail_allocation', after: dice.below(4) }) },
  { weight: 2, draw: (_ground, dice) => ({ op: 'fail_arch_prepare', after: dice.below(2) }) },
  { weight: 1, draw: () => ({ op: 'lru_drain' }) },
];
