// Properties that a loop breaks though nobody is treated unfairly: everybody who could go on all the time has turns in it (weak fairness), and still
// something that somebody has begun does not come to its end. Progress may be made by others, so such a loop need be no livelock.

import { outcome } from '../../memory/outcome.ts';
import type { LeafInfo as Leaf, Table } from '../../kernel/table.ts';
import { isInstructionDone } from './progress.ts';

export interface FairProperty {
  /** As in the specification: L-06. */
  readonly id: string;
  /** Machines of the actors who have begun something. */
  readonly machines: readonly string[];
  /** Is what the actor has begun over with this step, which leads to leaf `to`? */
  readonly ends: (leaf: Leaf, outcome: string, to: Leaf) => boolean;
  /** Steps of the actor of which the loop has one. When left out, the actor is in the middle of something all the time: it does not rest. */
  readonly again?: (leaf: Leaf, outcome: string) => boolean;
  /** The actor cannot go on in any state of the loop: whoever gives turns to those who wait, in whatever way, does not help him. */
  readonly starved?: true;
  /** What goes wrong, as the beginning of a sentence. */
  readonly says: (actor: string) => string;
}

/** What a search can be asked for, by `SearchOptions.fair`. */
export const fairProperties: readonly FairProperty[] = [
  {
    id: 'L-06', machines: ['vcpu'],
    ends: ({ step }, name) => isInstructionDone(step, name),
    again: ({ step }) => step === 'vcpu.reply',
    says: (vcpu) => `one access of ${vcpu} exits without end`,
  },
  {
    id: 'L-09', machines: ['gmem-op'],
    ends: ({ step }) => step === 'op.reply', starved: true,
    says: (call) => `the call of ${call} does not come to its end`,
  },
];

/** Those with these ids, in the order of the list. */
export const fairOf = (ids: readonly string[]): FairProperty[] => fairProperties.filter(({ id }) => ids.includes(id));

/** Bits of the word that a graph keeps of an edge below its actor. */
const ACTOR = 8;
/** With this step the actor comes to rest. */
export const RESTS = 1;
/** What the property in this place of the list is about is over with the step. */
export const endsBit = (place: number): number => 2 << (2 * place);
/** The step is one of those that its loop has to have. */
export const againBit = (place: number): number => 4 << (2 * place);

/** The word of an edge. */
export const wordOf = (actor: number, bits: number): number => (actor << ACTOR) | bits;
/** Who takes the step of an edge, by its word. */
export const actorOf = (word: number): number => word >> ACTOR;

/** Bits of a step, by leaf and outcome (leaf × the table's width + outcome). */
export function fairBits({ leaves, width, next }: Table, properties: readonly FairProperty[]): Uint8Array {
  const all = new Uint8Array(leaves.length * width);
  for (const leaf of leaves) {
    for (const name of leaf.outcomes) {
      const at = leaf.number * width + outcome(name);
      const to = leaves[next[at]!]!;
      all[at] = to.idle || to.final ? RESTS : 0;
      properties.forEach(({ ends, again }, place) => { all[at]! |= (ends(leaf, name, to) ? endsBit(place) : 0) | (again?.(leaf, name) === true ? againBit(place) : 0); });
    }
  }
  return all;
}
