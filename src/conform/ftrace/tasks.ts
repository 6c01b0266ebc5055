// Whose steps the tasks of a trace show: the thread that carries out the steps of the case, and one thread for each vCPU that is left running.

import type { Action } from './flow.ts';
import type { TracedSystem } from './system.ts';

/** Number of the thread that carries out the steps. */
export const MAIN = 0;

export interface Tasks {
  /** Names, main first, then one for each `spin` step that starts a vCPU; '' where the trace shows none. */
  readonly names: readonly string[];
  /** By action: number of its task; -1: it belongs to somebody else. */
  readonly of: Int32Array;
}

/** `vcpu 1` in what an event says. */
export const vcpuOf = (fields: string): number => Number(/^vcpu (\d+)/.exec(fields)?.[1] ?? -1);

/**
 * The first task of the trace that calls KVM is the main one: it made the VM. A vCPU that is left running is run by another task, the first
 * one not yet known that enters the guest as this vCPU.
 */
export function tasksOf(flow: readonly Action[], { told, vcpuIds }: TracedSystem): Tasks {
  const main = flow.find(({ name }) => name.startsWith('kvm_'))?.task ?? flow[0]?.task ?? '';
  const names = [main];
  for (const { spin, vcpu } of told) {
    if (spin !== 'start') continue;
    const entered = flow.find(({ kind, name, task, fields }) => kind === 'event' && name === 'kvm_entry' && vcpuOf(fields) === vcpuIds[vcpu] && !names.includes(task));
    names.push(entered?.task ?? '');
  }
  return { names, of: Int32Array.from(flow, ({ task }) => names.indexOf(task)) };
}
