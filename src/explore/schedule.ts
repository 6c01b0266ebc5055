// A schedule: who stepped, and what it chose. Together with kernel and scenario it is a whole run.

/** One scheduling decision: who, and its free choice (-1 when it had none). */
export interface Decision { readonly actor: number; readonly choice: number }

export type Schedule = readonly Decision[];
