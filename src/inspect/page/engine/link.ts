// The part of the address behind #: scenario, kernel, seed and schedule, so that whoever opens it stands in the same state; and what was
// chosen to be looked at.
//
//   #scenario=SC22&kernel=v6.8&seed=3&steps=20000      a run as `faultline run` makes it
//   &fork=8&by=main.gmem*3,hw.mf!1                    forked behind step 8: three steps of main.gmem, one of hw.mf with choice 1
//   &hands=1&in=[…]                                     with actors that take commands, and what they were told: ^0 in `by`
//   start                                               runs to choose from
//   &at=22&a=3&b=9&actor=hw.mf&filter=…                 where the cursor stands, markers, the actor looked at, the filter

import type { Topology } from '../../../scenario/topology.ts';
import { NO_CHOICE, OUTSIDE_ACTOR } from '../../../trace/batch.ts';
import { InspectError } from './errors.ts';
import type { Records } from './records.ts';

/** Characters of an address that programs still take. */
export const MOST_LINK = 30_000;

/** One decision: an actor by name, so many steps in a row, or one with a choice; or the number of what comes in. */
export type Entry = { readonly actor: string; readonly times: number; readonly choice?: number } | { readonly comes: number };

export interface Link {
  readonly scenario?: string | object;
  readonly kernel?: string;
  readonly seed?: number;
  readonly steps?: number;
  /** The schedule is that of the seed up to here; 0: `by` is all of it. */
  readonly fork?: number;
  readonly by?: readonly Entry[];
  readonly hands?: boolean;
  /** What came in: to whom, which operations. */
  readonly comes?: readonly { readonly to: string; readonly do: readonly object[] }[];
  readonly at?: number;
  readonly a?: number;
  readonly b?: number;
  readonly actor?: string;
  readonly filter?: string;
  /** Runs to choose from, and none of them. */
  readonly start?: boolean;
}

/** The decisions of the steps behind `from`, in their shortest form. */
export function entriesOf(records: Records, from: number, topology: Topology): Entry[] {
  const entries: { actor: string; times: number; choice?: number }[] = [];
  const result: Entry[] = [];
  let coming = 0;
  for (let step = from + 1; step <= records.count; step++) {
    const number = records.actor(step);
    if (number === OUTSIDE_ACTOR) {
      result.push({ comes: coming++ });
      continue;
    }
    const actor = topology.actors[number - 1]!.name;
    const choice = records.choice(step);
    const last = result.at(-1);
    if (choice === NO_CHOICE && last !== undefined && 'actor' in last && last.actor === actor && last.choice === undefined) result[result.length - 1] = { actor, times: last.times + 1 };
    else result.push({ actor, times: 1, ...(choice === NO_CHOICE ? {} : { choice }) });
    if (entries.length > 100_000) break;
  }
  return result;
}

const entryText = (entry: Entry): string => ('comes' in entry ? `^${entry.comes}` : `${encodeURIComponent(entry.actor)}${entry.choice === undefined ? entry.times === 1 ? '' : `*${entry.times}` : `!${entry.choice}`}`);

function entryOf(text: string): Entry {
  const [, comes] = /^\^(\d{1,6})$/.exec(text) ?? [];
  if (comes !== undefined) return { comes: Number(comes) };
  const [, actor, times, choice] = /^([^*!^]{1,300})(?:\*(\d{1,9})|!(\d{1,5}))?$/.exec(text) ?? [];
  if (actor === undefined) throw new InspectError(`the address has '${text.slice(0, 40)}' in its schedule, which is no step; it is NAME, NAME*3 or NAME!1`);
  return { actor: decodeURIComponent(actor), times: Number(times ?? 1), ...(choice === undefined ? {} : { choice: Number(choice) }) };
}

/** The text of a link, without the #. */
export function linkText(link: Link): string {
  const parts: string[] = [];
  const put = (name: string, value: string | number | undefined, without?: string | number): void => {
    if (value !== undefined && value !== without && value !== '') parts.push(`${name}=${encodeURIComponent(value)}`);
  };
  put('scenario', typeof link.scenario === 'object' ? JSON.stringify(link.scenario) : link.scenario);
  put('kernel', link.kernel);
  put('seed', link.seed);
  put('steps', link.steps);
  put('hands', link.hands === true ? 1 : undefined);
  put('fork', link.fork);
  if (link.by !== undefined) parts.push(`by=${link.by.map(entryText).join(',')}`);
  if (link.comes !== undefined && link.comes.length > 0) put('in', JSON.stringify(link.comes));
  put('at', link.at);
  put('a', link.a, 0);
  put('b', link.b, 0);
  put('actor', link.actor);
  put('filter', link.filter);
  return parts.join('&');
}

/** Reads a link. Throws an InspectError for what is none. */
export function readLink(text: string): Link {
  const given = new Map<string, string>();
  for (const part of text.replace(/^#/, '').split('&').filter((one) => one !== '')) {
    const at = part.indexOf('=');
    try {
      given.set(at < 0 ? part : part.slice(0, at), at < 0 ? '' : part.slice(at + 1));
    } catch { /* what cannot be read is left out */ }
  }
  const word = (name: string): string | undefined => {
    const value = given.get(name);
    try {
      return value === undefined ? undefined : decodeURIComponent(value);
    } catch {
      throw new InspectError(`the address has '${name}', which cannot be read; copy it anew`);
    }
  };
  const number = (name: string): number | undefined => {
    const value = word(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,15}$/.test(value)) throw new InspectError(`the address has ${name}=${value.slice(0, 30)}, which is no number`);
    return Number(value);
  };
  const json = (name: string): unknown => {
    const value = word(name);
    try {
      return value === undefined ? undefined : JSON.parse(value);
    } catch {
      throw new InspectError(`the address has '${name}', which is no JSON`);
    }
  };
  const scenario = word('scenario');
  const by = given.get('by');
  const link: Record<string, unknown> = {
    scenario: scenario?.startsWith('{') === true ? json('scenario') : scenario, kernel: word('kernel'), seed: number('seed'), steps: number('steps'), fork: number('fork'),
    by: by?.split(',').filter((one) => one !== '').map(entryOf), hands: word('hands') === '1' ? true : undefined, comes: json('in'),
    at: number('at'), a: number('a'), b: number('b'), actor: word('actor'), filter: word('filter'), start: given.has('start') ? true : undefined,
  };
  return Object.fromEntries(Object.entries(link).filter(([, value]) => value !== undefined)) as Link;
}
