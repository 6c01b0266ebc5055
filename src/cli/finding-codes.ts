// Exit codes of what was found, and what each kind is called.

import type { FindingKind } from '../explore/finding.ts';
import { EXIT } from './errors.ts';

const CODES: Readonly<Record<FindingKind, number>> = {
  safety: EXIT.SAFETY, leak: EXIT.SAFETY, race: EXIT.SAFETY, deadlock: EXIT.DEADLOCK, 'lock-order': EXIT.DEADLOCK, livelock: EXIT.LIVELOCK,
};
const NAMES: Readonly<Record<FindingKind, string>> = {
  safety: 'BROKEN', leak: 'LEAK', race: 'DATA RACE', deadlock: 'DEADLOCK', 'lock-order': 'LOCK ORDER', livelock: 'LIVELOCK',
};

/** Exit code of a finding of this kind. */
export const codeOfKind = (kind: FindingKind): number => CODES[kind];

/** What it is called behind `result`. */
export const nameOfKind = (kind: FindingKind): string => NAMES[kind];
