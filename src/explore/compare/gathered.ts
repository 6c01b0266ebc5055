// What an exploration comes to, for a comparison: gathered by checks that never complain. Sets, not counts: how often something happens
// depends on how one explores.

import type { CheckedWorld } from '../../check/checked-world.ts';
import type { Invariant } from '../../check/invariant.ts';
import { classNameOf, lockClassesOf, type LockClass } from '../../check/lock-classes.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Plan } from '../../memory/plan.ts';
import { outcomeName } from '../../memory/outcome.ts';
import type { Histories } from './histories.ts';
import { HISTORY, historyOf } from './observed.ts';

/** Outcomes by which kernel code finds that it has to try again or give way. */
const RETRIES = new Set(['stale', 'invalid', 'changed', 'yield', 'retry', 'again']);
/** Steps of the laboratory's userspace, guests and hardware. */
const OUTSIDE = /^(?:vmm|hw|guest|convert|command|irq)\./;

/** One thing that a kernel does in some run. `text` is the same on both kernels. */
export interface Seen {
  readonly what: 'behaviour' | 'ending' | 'retry' | 'lock order' | 'state';
  /** Ending: the histories of all actors that have seen anything. */
  readonly histories?: readonly (readonly [actor: string, history: number])[];
  readonly text: string;
  /** Behaviour: the number of the actor's history, and the key of the one before. */
  readonly history?: number;
  readonly before?: string;
}

/** Keeps each thing once, under a key. What it answers is what a check answers: nothing, unless somebody looks for this thing. */
export type Note = (key: string, seen: () => Seen) => string | undefined;

interface Placed { readonly name: string; readonly base: number; readonly stride: number; readonly count: number; readonly one: number; readonly readers: number }

/** Where the words of locks lie. */
function placedLocks(plan: Plan): Placed[] {
  return lockClassesOf(plan).filter((row): row is Exclude<LockClass, { kind: 'section' }> => row.kind !== 'section').map((row) => {
    const { base, words: stride, count, fields } = plan.byName.get(row.layout)!;
    const offset = (name: string): number => fields.find((field) => field.name === name)!.offset;
    return { name: classNameOf(row), base, stride, count, one: offset(row.kind === 'mutex' ? row.owner : row.writer), readers: row.kind === 'mutex' ? -1 : offset(row.readers) };
  });
}

/** How an actor holds a lock: exclusive, shared, or not. */
function held({ words }: CheckedWorld, { base, stride, one, readers }: Placed, n: number, actor: number): '' | 'shared' | 'exclusive' {
  const at = base + n * stride;
  if (words[at + one] === actor) return 'exclusive';
  return readers >= 0 && (words[at + readers + (actor >>> 5)]! & (1 << (actor & 31))) !== 0 ? 'shared' : '';
}

/** The checks that gather what happens on `kernel`, and tell `note` of it. */
export function gathering(kernel: Kernel, names: readonly string[], histories: Histories, note: Note): Invariant[] {
  const quiet = { title: 'gathered', statement: 'nothing' } as const;
  const locks = new WeakMap<Plan, Placed[]>();
  const edge = (text: string): string | undefined => note(`lock order ${text}`, () => ({ what: 'lock order', text }));
  const order = (world: CheckedWorld, name: string, n: number): string | undefined => {
    let all = locks.get(world.plan);
    if (all === undefined) locks.set(world.plan, all = placedLocks(world.plan));
    const { actor, outcome } = world.last;
    const own = all.find((one) => one.name === name)!;
    const taken = held(world, own, n, actor) || (outcomeName(outcome) === 'queued' ? 'wanted' : '');
    if (taken === '') return undefined;
    let found: string | undefined;
    for (const other of all) {
      for (let k = 0; k < other.count; k++) {
        if (other === own && k === n) continue;
        const how = held(world, other, k, actor);
        if (how === '') continue;
        found ??= edge(`${name}${taken === 'shared' ? ' (shared)' : ''} is taken inside ${other.name}${how === 'shared' ? ' (shared)' : ''}`);
      }
    }
    return found;
  };
  const layouts = kernel.objects.map(({ name }) => name);
  const lockLayouts = lockClassesOf({ tables: kernel.objects.map((layout) => ({ layout })), byName: new Map(layouts.map((name) => [name, undefined])) } as unknown as Plan)
    .filter(({ kind }) => kind !== 'section').map(({ layout }) => layout);
  const retries = [...kernel.steps.keys()].filter((step) => !OUTSIDE.test(step));
  return [
    {
      id: 'behaviours', ...quiet,
      onWrite: {
        [HISTORY]: (world, actor) => {
          const history = historyOf(world.objects, actor);
          const name = names[actor - 1]!;
          return note(`behaviour ${name} ${history}`, () => ({ what: 'behaviour', text: name, history, before: `behaviour ${name} ${histories.parent(history)}` }));
        },
      },
      atQuiescence: (world) => {
        const all = names.map((name, k) => [name, historyOf(world.objects, k + 1)] as const).filter(([, history]) => history !== 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
        const text = all.map((one) => one.join(' ')).join(', ');
        return note(`ending ${text}`, () => ({ what: 'ending', text, histories: all }));
      },
    },
    {
      id: 'retries', ...quiet,
      after: Object.fromEntries(retries.map((step) => [step, (world: CheckedWorld) => {
        const outcome = outcomeName(world.last.outcome);
        return RETRIES.has(outcome) ? note(`retry ${step} ${outcome}`, () => ({ what: 'retry', text: `${step}: ${outcome}` })) : undefined;
      }])),
    },
    {
      id: 'states', ...quiet,
      before: Object.fromEntries([...kernel.steps.keys()].map((step) => [step, ({ table, last }: CheckedWorld) => {
        const { machine, path } = table.leaves[last.to]!;
        return note(`state ${machine} ${path}`, () => ({ what: 'state', text: `${machine} ${path}` }));
      }])),
    },
    { id: 'locks', ...quiet, onWrite: Object.fromEntries(lockLayouts.map((layout) => [layout, (world: CheckedWorld, a: number) => order(world, layout, a)])) },
  ];
}
