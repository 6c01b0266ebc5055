// Steps as lines for the recorder's program, which reads `op name=value …`.

import type { Step, Value } from '../conform/recording.ts';

/** Words of arguments that are numbers to the kernel. */
const NUMBERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  cap: { EXIT_HYPERCALL: 201 },
  type: { DEFAULT: 0, SW_PROTECTED: 1 },
};

const text = (value: Value): string =>
  (Array.isArray(value) ? value.map((one) => text(one as Value)).join(',') : typeof value === 'boolean' ? String(Number(value)) : String(value));

/** One step as one line; the program forks for a step of another process. */
export function lineOf({ op, args }: Step): string {
  if (op === 'child') return `child ${lineOf(args['step'] as unknown as Step)}`;
  if (op === 'fork_read' || op === 'fork_write') return `child ${lineOf({ op: op.replace('fork', 'host'), args })}`;
  return [op, ...Object.entries(args).map(([name, value]) => `${name}=${NUMBERS[name]?.[String(value)] ?? text(value)}`)].join(' ');
}
