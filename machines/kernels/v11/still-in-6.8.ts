// G3-B13, G3-B14, G3-B15, G3-B18: what version 11 did wrong and 6.8 still does, in the same code. They have two names, one for each generation.

import { g4b2 } from '../fixes/g4-b2.ts';
import { g4b3 } from '../fixes/g4-b3.ts';
import { g4b8 } from '../fixes/g4-b8.ts';
import { g4b9 } from '../fixes/g4-b9.ts';
import { v6_8 } from '../v6.8.ts';
import type { KnownBug } from '../../../src/kernel/define.ts';
import type { Fix } from '../fix.ts';

/** Names of version 11 for bugs of 6.8. */
const NAMES = { 'G3-B13': 'G4-B2', 'G3-B14': 'G4-B3', 'G3-B15': 'G4-B8', 'G3-B18': 'G4-B9' } as const;

const known = (id: string): KnownBug => v6_8.bugs.find((bug) => bug.id === id)!;

/** 6.8 has a poison test that leaks (G4-B1); version 11 has none. That memory_failure() fails for a page that was dealt with (G4-B5) is nothing
 *  to say of a kernel that deals with none. */
export const stillIn6_8: Fix = {
  mended: ['G4-B1', 'G4-B5', ...Object.values(NAMES)],
  bugs: Object.entries(NAMES).map(([id, same]) => ({ ...known(same), id, sameAs: same, fixedIn: 'rfc-v11-fixed' })),
};

/** Their mends, by their older names. */
export const [g3b13, g3b14, g3b15, g3b18] = ([['G3-B13', g4b2], ['G3-B14', g4b3], ['G3-B15', g4b8], ['G3-B18', g4b9]] as const)
  .map(([id, mend]): Fix => ({ ...mend, mended: [id] })) as [Fix, Fix, Fix, Fix];
