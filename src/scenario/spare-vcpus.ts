// vCPUs that a run has beside those of its scenario, for guest programs that come while it goes on.

import type { Scenario } from './types.ts';

/** The same scenario with so many vCPUs more in its first VM that take commands, behind those it has. vCPUs of other VMs are numbered
 *  behind them, and what names those by number names them by the new one. */
export function withSpareVcpus(scenario: Scenario, count: number): Scenario {
  const [first, ...others] = scenario.vms;
  if (count === 0 || first === undefined) return scenario;
  const own = first.vcpus ?? [];
  const renumbered = renumber({ ...scenario, vms: others }, own.length, count) as Scenario;
  const spare = Array.from({ length: count }, () => ({ commands: true, policy: 'convert' }) as const);
  return { ...renumbered, vms: [{ ...(renumber(first, own.length, count) as typeof first), vcpus: [...(renumber(own, own.length, count) as typeof own), ...spare] }, ...renumbered.vms] };
}

/** Adds `count` to the number of every vCPU that is named and is `from` or more: as a number, `vcpu3`, or by its thread `cpu3`. */
function renumber(value: unknown, from: number, count: number, key = ''): unknown {
  const moved = (number: number): number => (number >= from ? number + count : number);
  if (key === 'vcpu' && typeof value === 'number') return moved(value);
  if ((key === 'vcpu' || key === 'thread') && typeof value === 'string') return value.replace(/^(v?cpu)(\d+)$/, (_all, kind: string, number: string) => `${kind}${moved(Number(number))}`);
  if (Array.isArray(value)) return value.map((one) => renumber(one, from, count));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, renumber(one, from, count, name)]));
}
