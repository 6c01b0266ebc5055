// The properties of the specification by their ids: what a scenario can be about. Data, because the invariants lie above this folder;
// an id may have no invariant of its own.

const numbered = (letter: string, count: number): string[] => Array.from({ length: count }, (_one, i) => `${letter}-${String(i + 1).padStart(2, '0')}`);

/** Safety S-01 to S-34, and S-35 and S-36, which are ours; liveness L-01 to L-11. */
export const PROPERTIES: readonly string[] = [...numbered('S', 36), ...numbered('L', 11)];
