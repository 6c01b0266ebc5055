// Memory policy of mappings, and the nodes that pages are on.

import { result, type Outcome } from '../outcome.ts';
import type { Context, Row } from '../context.ts';
import type { Args } from '../recording.ts';
import { approximately, isNumeric, type Numeric } from '../values.ts';

/** Policies by their numbers. */
const POLICIES = ['DEFAULT', 'PREFERRED', 'BIND', 'INTERLEAVE', 'LOCAL'] as const;

const NOTHING: Outcome = { kind: 'skipped', why: 'no mapping' };
const policyOf = (value: unknown): Numeric => (isNumeric(value) ? value : POLICIES.indexOf(String(value) as 'BIND'));
const bitsOf = (nodes: unknown): number => (nodes as readonly Numeric[]).reduce<number>((bits, node) => bits | (1 << approximately(node)), 0);

/** A question about one address. */
const asks = (call: string, fields: readonly string[], args: Args, context: Context): Outcome => {
  const hva = context.place(args);
  return hva === undefined ? NOTHING : context.call(call, { hva }, fields);
};

export const numa: Readonly<Record<string, Row>> = {
  mbind: (args, context) => {
    const hva = context.place(args);
    if (hva === undefined) return NOTHING;
    return context.call('mbind', { hva, size: args['len'] as Numeric, policy: policyOf(args['policy']), nodes: bitsOf(args['nodes']) });
  },
  get_mempolicy: (args, context) => {
    const outcome = asks('get_mempolicy', ['policy', 'nodes'], args, context);
    if (outcome.kind !== 'result' || typeof outcome.result['policy'] !== 'number') return outcome;
    const { policy, nodes, ...rest } = outcome.result as { readonly policy: number; readonly nodes: number };
    return result({ ...rest, policy: POLICIES[policy] ?? policy, nodes: Array.from({ length: 32 }, (_one, node) => node).filter((node) => (nodes & (1 << node)) !== 0) });
  },
  page_node: (args, context) => asks('page_node', ['node'], args, context),
};
