// The filter of the event list: a few words, all of which must be true of a step.
//
//   actor:vcpu1 state:fault step:100..200 outcome:stale mark:retry object:folio_lock gfn:0x40 pfn:3 index:2 wait:invalidate_lock anything
//
// Words without a colon look into name, state and step. `object`, `gfn`, `pfn`, `index` are found by executing the run once more.

import type { Describer } from '../../../runtime/describe.ts';
import type { RunWorld } from '../../../runtime/world.ts';
import { indicesOf } from '../../../memory/plan.ts';
import { InspectError } from './errors.ts';
import { MARK } from './lanes.ts';

/** Keys of the language, with what they mean. */
export const KEYS: Readonly<Record<string, string>> = {
  actor: 'name of the actor, or a part of it', state: 'a part of the state that it was in', name: 'a part of the name of the step', step: 'its number: 12, 100..200, 500..',
  outcome: 'its outcome', mark: 'retry, exit, message, choice, wait', object: 'it touched such an object: folio_lock, spte',
  gfn: 'it touched something of this guest page', pfn: 'of this page frame', index: 'of this page of a file',
};

/** One condition. */
export interface Term { readonly key: string; readonly value: string; readonly not: boolean }

/** Reads a filter. Throws an InspectError for a key that there is not. */
export function parseFilter(text: string): Term[] {
  return text.trim().slice(0, 500).split(/\s+/).filter((word) => word !== '').map((word) => {
    const not = word.startsWith('-') && word.length > 1;
    const [, key, value] = /^([a-z]+):(.+)$/.exec(not ? word.slice(1) : word) ?? [];
    if (key === undefined) return { key: 'text', value: (not ? word.slice(1) : word).toLowerCase(), not };
    if (KEYS[key] === undefined) throw new InspectError(`there is no '${key}:' to filter by; there is ${Object.keys(KEYS).map((one) => `${one}:`).join(' ')}`);
    return { key, value: value!.toLowerCase(), not };
  });
}

/** Terms that only execution can decide. */
export const isDeep = ({ key }: Term): boolean => key === 'object' || key === 'gfn' || key === 'pfn' || key === 'index';

/** What a record says of a step. */
export interface Shallow {
  readonly step: number; readonly actor: string; readonly state: string; readonly name: string; readonly outcome: string; readonly mark: number; readonly choice: boolean;
  readonly message: boolean; readonly wait: boolean;
}

/** Is a term that a record decides true? */
export function holds({ key, value, not }: Term, one: Shallow): boolean {
  return matches(key, value, one) !== not;
}

function matches(key: string, value: string, one: Shallow): boolean {
  switch (key) {
    case 'actor': return one.actor.toLowerCase().includes(value);
    case 'state': return one.state.toLowerCase().includes(value);
    case 'name': return one.name.toLowerCase().includes(value);
    case 'outcome': return one.outcome.toLowerCase() === value;
    case 'step': {
      const [, from, range, to] = /^(\d+)(\.\.)?(\d+)?$/.exec(value) ?? [];
      if (from === undefined) return false;
      return range === undefined ? one.step === Number(from) : one.step >= Number(from) && (to === undefined || one.step <= Number(to));
    }
    case 'mark': return (value === 'retry' && (one.mark & MARK.RETRY) !== 0) || (value === 'exit' && (one.mark & MARK.EXIT) !== 0) || (value === 'choice' && one.choice)
      || (value === 'message' && one.message) || (value === 'wait' && one.wait);
    default: return one.actor.toLowerCase().includes(value) || one.state.toLowerCase().includes(value) || one.name.toLowerCase().includes(value);
  }
}

/** Objects that a deep term is about. */
export function objectsOf({ key, value }: Term, world: RunWorld, describer: Pick<Describer, 'name'>): Set<number> {
  const { plan, facts } = world;
  const found = new Set<number>();
  const number = Number(value);
  const spaces = { gfn: facts.gfns, index: facts.indexes } as const;
  for (const table of plan.tables) {
    if (table.layout.name === 'frame') continue;
    if (key === 'object') {
      if (!table.layout.name.includes(value.replace(/\(.*$/s, ''))) continue;
      for (let id = table.firstId; id < table.firstId + table.count; id++) if (!value.includes('(') || describer.name(id).replaceAll(' ', '') === value.replaceAll(' ', '')) found.add(id);
      continue;
    }
    const at = table.layout.per.indexOf(key as 'gfn');
    if (at < 0) continue;
    for (let id = table.firstId; id < table.firstId + table.count; id++) {
      const index = indicesOf(plan, id)[at]!;
      if ((key === 'pfn' ? index : Number(spaces[key as 'gfn'].real(index))) === number) found.add(id);
    }
  }
  return found;
}
