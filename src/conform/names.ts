// Handles of a case get numbers in the order in which its steps make them, each making one of its own: so what a name stands for
// is known before anything is executed. A making that fails leaves its number to nothing.

import type { Args, Step } from './recording.ts';
import { OPERATIONS } from './vocabulary.ts';

export type Handle =
  /** `number` counts the VMs of this type. */
  | { readonly kind: 'vm'; readonly type: VmType; readonly number: number }
  /** `number` counts within its VM. */
  | { readonly kind: 'vcpu'; readonly vm: VmHandle; readonly number: number }
  | { readonly kind: 'fd'; readonly number: number }
  | { readonly kind: 'kvm' }
  | { readonly kind: 'map'; readonly region: number }
  | { readonly kind: 'none' };

export type VmHandle = Extract<Handle, { kind: 'vm' }>;
/** Types of VMs that can be made, by number: default, software-protected. A VM of a type that no kernel has is counted with the first. */
export type VmType = 0 | 1;

/** Type of the VM that `create_vm` asks for. */
export const vmType = (type: unknown): VmType => (type === 1 || type === 'SW_PROTECTED' || type === '0x1' ? 1 : 0);

const NONE: Handle = { kind: 'none' };
/** The open /dev/kvm. */
const THE_KVM: Handle = { kind: 'kvm' };

/** What the names of a case stand for at the step that has been reached. */
export class Names {
  /** By type. */
  readonly vms: [number, number] = [0, 0];
  fds = 0;
  regions = 0;
  /** Made so far in each VM. */
  readonly vcpus = new Map<VmHandle, number>();
  private readonly handles = new Map<string, Handle>([['kvm', THE_KVM]]);

  /** The same, to be added to apart. */
  copy(): Names {
    const copy = new Names();
    copy.vms[0] = this.vms[0];
    copy.vms[1] = this.vms[1];
    copy.fds = this.fds;
    copy.regions = this.regions;
    for (const [vm, made] of this.vcpus) copy.vcpus.set(vm, made);
    for (const [name, handle] of this.handles) copy.handles.set(name, handle);
    return copy;
  }

  /** Name of a mapping by its number. */
  ofRegion(region: number): string {
    for (const [name, handle] of this.handles) if (handle.kind === 'map' && handle.region === region) return name;
    return `mapping ${region}`;
  }

  /** What an argument names: a handle's name, or a negative number for none. */
  of(value: unknown): Handle {
    return (typeof value === 'string' ? this.handles.get(value) : undefined) ?? NONE;
  }

  /** Numbers what a step makes, if it makes anything; from then on its name stands for that. */
  make({ op, args }: Step): Handle {
    const makes = OPERATIONS[op]!.makes;
    if (makes === undefined) return NONE;
    const made = this.number(makes, args);
    this.handles.set(args['as'] as string, made);
    return made;
  }

  private number(makes: string, args: Args): Handle {
    switch (makes) {
      case 'vm': {
        const type = vmType(args['type']);
        return { kind: 'vm', type, number: this.vms[type]++ };
      }
      case 'map': return { kind: 'map', region: this.regions++ };
      case 'vcpu': {
        const vm = this.of(args['vm']);
        if (vm.kind !== 'vm') return NONE;
        const number = this.vcpus.get(vm) ?? 0;
        this.vcpus.set(vm, number + 1);
        return { kind: 'vcpu', vm, number };
      }
      case 'fd': return { kind: 'fd', number: this.fds++ };
      default: return NONE;
    }
  }
}
