// Steps as lines for the recorder's program, which reads `op name=value …`.

import type { Step, Value } from './cases.ts';

/** Capabilities that have names in cases. */
const CAPABILITIES: Readonly<Record<string, number>> = { EXIT_HYPERCALL: 201 };

const text = (value: Value): string => (Array.isArray(value) ? value.map((one) => text(one as Value)).join(',') : String(value));

/** One step as one line; the program forks for a step of another process. */
export function lineOf({ op, args }: Step): string {
  if (op === 'child') return `child ${lineOf(args['step'] as unknown as Step)}`;
  if (op === 'fork_read' || op === 'fork_write') return `child ${lineOf({ op: op.replace('fork', 'host'), args })}`;
  const given = Object.entries(args).map(([name, value]) => `${name}=${(name === 'cap' && CAPABILITIES[String(value)]) || text(value)}`);
  return [op, ...given.filter((one) => !one.endsWith('='))].join(' ');
}
