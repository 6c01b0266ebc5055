// The language of VMM threads: system calls, running a vCPU, accesses through mappings.

import { answerWord, POLICY, VMM } from '../memory/code.ts';
import { ERRNO_NUMBERS } from '../steps/errno.ts';
import { messageWords, readCall, type ReadCall } from './call-arguments.ts';
import { hostPage, SETUP, vcpuNumber, type Cast, type ThreadEntry } from './cast.ts';
import { at, ScenarioError, unknownName } from './errors.ts';
import type { Call } from '../memory/calls.ts';
import type { Emit, Link } from './program.ts';
import type { Spaces } from './spaces.ts';
import type { HostRead, HostWrite, PolicyName, PunchOrAllocate, Run } from './types.ts';
import type { AnyOp } from './walk.ts';

/** An operation actor that a thread has, by the last part of its name: `vm`, `gmem`, `host`, or a vCPU. */
export type Target = Exclude<Call['on'], 'vcpu'> | `vcpu${number}`;

export interface VmmContext {
  readonly cast: Cast;
  readonly spaces: Spaces;
  readonly kernel: string;
  readonly calls: ReadonlyMap<string, Call>;
  readonly callNumbers: ReadonlyMap<string, number>;
  /** Each call as it is read: its pages are gathered, pools counted. */
  readonly onCall: (read: ReadCall, path: string) => void;
}

/** KEEP_SIZE, and PUNCH_HOLE | KEEP_SIZE. */
const MODES = { allocate: 1, punch: 3 } as const;

/** Instructions of one operation of `thread`. `needs` collects the operation actors that the thread must have. */
export function vmmLeaf(context: VmmContext, thread: ThreadEntry, needs: Set<Target>) {
  return (op: AnyOp, path: string): Emit[] => {
    switch (op.op) {
      case 'punch': case 'allocate': {
        const { fd, page, pages, expect, again } = op as unknown as PunchOrAllocate;
        return [call({ op: 'fallocate', fd, mode: MODES[op.op], page, pages, expect, again }, path, context, thread, needs)];
      }
      case 'run': return [run(op as unknown as Run, path, context, thread, needs)];
      case 'host_read': case 'host_write': return [hostAccess(op as unknown as HostRead | HostWrite, path, context)];
      default: return [call(op, path, context, thread, needs)];
    }
  };
}

/** CALL: [call, what of its answer, actor, arguments…]. */
function call(op: AnyOp, path: string, context: VmmContext, thread: ThreadEntry, needs: Set<Target>): Emit {
  const definition = context.calls.get(op.op);
  if (definition === undefined) throw unknownName(at(path, 'op'), `call of kernel '${context.kernel}'`, op.op, context.calls.keys());
  if (definition.setupOnly !== undefined && thread.name !== SETUP) throw new ScenarioError(path, `kernel '${context.kernel}' cannot do that: ${definition.setupOnly}`);
  if (definition.instead !== undefined) throw new ScenarioError(at(path, 'op'), `'${op.op}' is of no use on kernel '${context.kernel}': ${definition.instead}`);
  const read = readCall(definition, op, path, context.cast);
  context.onCall(read, path);
  const target: Target = definition.on === 'vcpu' ? `vcpu${Number(read.values.get('vcpu')!)}` : definition.on;
  needs.add(target);
  // What the set-up does must succeed, unless it says otherwise: else something else than what was written would be run.
  const expect = op['expect'] ?? (thread.name === SETUP ? 'ok' : undefined);
  const expected = expect === undefined ? 0 : ERRNO_NUMBERS[expect as string]! + 1;
  const again = op['again'] === undefined ? 0 : ERRNO_NUMBERS[op['again'] as string]!;
  const words = messageWords(read);
  const number = context.callNumbers.get(op.op)!;
  return ({ actor }) => [VMM.CALL, number, answerWord(expected, again), actor(`${thread.name}.${target}`), ...words];
}

/** RUN: [actor of the vCPU, vcpu, policy, actors of the thread's operations, from the first instruction]. */
function run({ vcpu, policy }: Run, path: string, { cast, calls, kernel }: VmmContext, thread: ThreadEntry, needs: Set<Target>): Emit {
  const number = vcpu === undefined ? thread.vcpu : vcpuNumber(cast, vcpu, at(path, 'vcpu'));
  if (number < 0 || number !== thread.vcpu) {
    const place = number < 0 ? "the 'thread' of a vCPU" : `${cast.vcpus[number]!.path}.thread`;
    throw new ScenarioError(path, `a vCPU is run by a thread of its own; this belongs into ${place}`);
  }
  const name: PolicyName = policy ?? cast.vcpus[number]!.spec.policy ?? 'stop';
  const impossible = calls.get('set_attributes')?.setupOnly;
  if (name === 'convert' && impossible !== undefined) throw new ScenarioError(path, `no VMM can answer an exit by a conversion on kernel '${kernel}': ${impossible}`);
  if (name === 'convert' || name === 'ask') for (const target of ['vm', 'gmem', 'host'] as const) needs.add(target);
  return (link) => [VMM.RUN, link.actor(`vcpu${number}`), number, POLICY[name.toUpperCase() as keyof typeof POLICY], ...operations(link, thread, needs), cast.vcpus[number]!.spec.commands === true ? 1 : 0];
}

const operations = ({ actor }: Link, thread: ThreadEntry, needs: ReadonlySet<Target>): number[] =>
  (['vm', 'gmem', 'host'] as const).map((target) => (needs.has(target) ? actor(`${thread.name}.${target}`) : 0));

/** HOST_ACCESS: [hva, span, write, value, expected value + 1]. */
function hostAccess(op: HostRead | HostWrite, path: string, { cast }: VmmContext): Emit {
  const span = op.any ?? 1;
  const first = hostPage(cast, op.memory, op.page, span, path);
  if (op.op === 'host_write') return ({ hva }) => [VMM.HOST_ACCESS, hva(first), span, 1, op.value, 0];
  return ({ hva }) => [VMM.HOST_ACCESS, hva(first), span, 0, 0, op.value === undefined ? 0 : op.value + 1];
}
