// Which calls of a trace may be somebody else's: those in which nothing happens that only the system under test does.

import { exitKind, gfnOf, levelOf } from './fields.ts';
import type { Action } from './flow.ts';

/** Functions that only the files, slots with files, attributes and vCPUs of the case call. */
const OWN = /^(?:__)?kvm_gmem_(?!get_policy|set_policy)|^kvm_arch_(?:pre|post)_set_memory_attributes$|^kvm_arch_vcpu_pre_fault_memory$/;

/** By action: 1 where a call begins that may be passed over. `isOurs`: a gfn of the system. */
export function passable(flow: readonly Action[], isOurs: (gfn: bigint) => boolean): Uint8Array {
  const result = new Uint8Array(flow.length).fill(1);
  flow.forEach((action, i) => {
    let own = false;
    if (action.kind === 'enter') own = OWN.test(action.name);
    else if (action.kind === 'event') {
      const gfn = gfnOf(action.name, action.fields);
      own = action.name === 'kvm_entry' || action.name === 'kvm_vm_set_mem_attributes' || (action.name === 'kvm_exit' && exitKind(action.fields) !== 'other')
        || (gfn !== undefined && levelOf(action.fields) === 1 && action.name.includes('spte') && isOurs(gfn));
    }
    if (!own) return;
    result[i] = 0;
    for (let around = action.parent; around >= 0; around = flow[around]!.parent) result[around] = 0;
  });
  return result;
}
