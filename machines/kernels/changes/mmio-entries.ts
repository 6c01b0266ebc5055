// An access that finds no memslot leaves an entry for its gfn in the page table, which all vCPUs of the VM share. The next access to the
// gfn hits it and is emulated at once, as long as no memslot has been made, changed or deleted since: an entry carries the generation of
// the memslots. Only a fault that installs something else takes it away; zapping passes it by, since it maps nothing. Who hits an entry
// that is out of date faults anew, but as a shared access, whatever the gfn is: the bit that says private is not copied from the
// attribute then (kvm_mmu_page_fault since 6.10). The entries themselves are older than 6.12; the model has them from there on.
// Of a generation only whether it is the present one matters, so an entry is current or outdated here.

import { layout, type Table } from '../../../src/memory/layout.ts';
import { KVM_MEM_READONLY, KVM_MEMSLOT_INVALID, memslots } from '../../../src/memory/layouts/kvm.ts';
import { spte } from '../../../src/memory/layouts/mmu.ts';
import { ok, outcome } from '../../../src/memory/outcome.ts';
import { fixed, steps as fault } from '../../../src/steps/fault.ts';
import { steps as guest, violation } from '../../../src/steps/guest.ts';
import { HUGE_PAGES } from '../../../src/steps/huge.ts';
import { slotOf } from '../../../src/steps/memslot-lookup.ts';
import { steps as slots } from '../../../src/steps/memslots.ts';
import { clean, steps as roots } from '../../../src/steps/mmu-roots.ts';
import { steps as life } from '../../../src/steps/vm-life.ts';
import { step, use } from '../../fragment.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { Frame, Step, World } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** The hardware found an entry with reserved bits. */
const reserved = outcome('reserved');
const current = outcome('current');
const outdated = outcome('outdated');
const gone = outcome('gone');
/** The emulator finds memory at the address. */
const memory = outcome('memory');
/** A leaf was there, and is gone. */
export const replaced = outcome('replaced');

/** What an SPTE that maps nothing says: nothing, or that there was no memslot when it was made. */
export const NO_ENTRY = 0, CURRENT = 1, OUTDATED = 2;
const sptes = layout('spte', { ...spte.fields, mmio: { names: ['none', 'current', 'outdated'] } }, { per: ['vm', 'root', 'gfn'] });
/** updating: KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS, from the store that publishes until no reader of the old memslots is left. */
const generations = layout('memslots', { ...memslots.fields, updating: {} }, { per: ['vm'] });

/** The world of kernels that have such entries. */
export type MmioWorld = Omit<World, 'spte' | 'memslots'> & { readonly spte: Table<typeof sptes>; readonly memslots: Table<typeof generations> };
export const withEntries = (world: World): MmioWorld => world as unknown as MmioWorld;

/** SPTE of a gfn in the root that a vCPU has loaded. */
export const entryOf = (world: World, f: Frame, gfn: number) => withEntries(world).spte(f.vm, world.vcpu_root(f.vcpu).root - 1, gfn);

/** Forgets the entries of a root, or makes them outdated. */
function change(world: World, vm: number, root: number, to: (state: number) => number): void {
  for (let gfn = 0; gfn < world.facts.sizes.gfn; gfn++) {
    const leaf = withEntries(world).spte(vm, root, gfn);
    if (leaf.mmio !== to(leaf.mmio)) leaf.mmio = to(leaf.mmio);
  }
}
const nothing = (): number => NO_ENTRY;

/** The page walker: an entry is not present, and its reserved bits make the violation another one. A guest that says what it means walks
 *  another table for what is private. */
const walk: Step<Fault> = (world, f) => {
  const result = guest['guest.walk'](world, f as never);
  if (result !== violation || entryOf(world, f, f.gfn).mmio === NO_ENTRY) return result;
  return world.facts.vmTypes[f.vm] === 'confidential' && f.intent !== 0 ? result : reserved;
};

/** handle_mmio_page_fault: is the entry still good? If not, the fault is looked at anew, as a shared one. */
const checkEntry: Step<Fault> = (world, f) => {
  const { mmio } = entryOf(world, f, f.gfn);
  if (mmio === NO_ENTRY) return gone;
  if (mmio === CURRENT && withEntries(world).memslots(f.vm).updating === 0) return current;
  f.intent = 0;
  return outdated;
};

/** The emulator: tries memory first, unless the entry is good. With memory there, it would do the access itself; here the guest does it. */
const emulate: Step<Fault> = (world, f) => {
  const slot = slotOf(world, f.vm, f.gfn);
  const good = entryOf(world, f, f.gfn).mmio === CURRENT && withEntries(world).memslots(f.vm).updating === 0;
  if (slot === 0 || good) return fault['fault.prepareMmio'](world, f as never);
  const { flags, hva } = world.memslot(slot);
  const usable = hva !== 0 && (flags & KVM_MEMSLOT_INVALID) === 0 && (f.write === 0 || (flags & KVM_MEM_READONLY) === 0);
  return usable ? memory : fault['fault.prepareMmio'](world, f as never);
};

/** kvm_tdp_mmu_map of a fault without a memslot: the entry takes the place of whatever is there. */
export const mapEntry: Step<Fault> = (world, f) => {
  const huge = world.facts.sizes.hp === 0 ? undefined : world.spte_huge(f.vm, world.vcpu_root(f.vcpu).root - 1, Math.floor(f.gfn / HUGE_PAGES));
  const leaf = entryOf(world, f, f.gfn);
  const before = [huge, leaf].filter((one) => one !== undefined && one.pfn !== 0);
  for (const one of before) { one!.pfn = 0; one!.private = 0; one!.writable = 0; }
  leaf.mmio = CURRENT;
  return before.length > 0 ? replaced : ok;
};

/** A leaf takes the place of the entries under it. */
export const mapLeaf = (map: Step<Fault>): Step<Fault> => (world, f, choose) => {
  const result = map(world, f, choose);
  if (result !== fixed) return result;
  const root = world.vcpu_root(f.vcpu).root - 1;
  const hp = Math.floor(f.gfn / HUGE_PAGES);
  const isHuge = world.facts.sizes.hp > 0 && world.spte_huge(f.vm, root, hp).pfn !== 0;
  for (let gfn = isHuge ? hp * HUGE_PAGES : f.gfn; gfn < (isHuge ? (hp + 1) * HUGE_PAGES : f.gfn + 1); gfn++) {
    const leaf = withEntries(world).spte(f.vm, root, gfn);
    if (leaf.mmio !== NO_ENTRY) leaf.mmio = NO_ENTRY;
  }
  return result;
};

const publish: Step = (world, f) => {
  const result = slots['slots.publish'](world, f as never);
  if (result === ok) withEntries(world).memslots(f.vm).updating = 1;
  return result;
};

/** kvm_arch_memslots_updated: with a new generation no entry is current. */
const bumpGeneration: Step = (world, f) => {
  withEntries(world).memslots(f.vm).updating = 0;
  for (let root = 0; root < world.facts.sizes.root; root++) change(world, f.vm, root, (state) => (state === CURRENT ? OUTDATED : state));
  return slots['slots.bumpGeneration'](world, f as never);
};

/** The entries of an obsolete root go with its page tables. */
const zapObsoleteNext: Step<{ gfn: number; flush: number }> = (world, f) => {
  const result = roots['mmu.zapObsoleteNext'](world, f);
  if (result === ok || result === clean) change(world, f.vm, 1 - world.mmu_root(f.vm).valid, nothing);
  return result;
};
const zapAll: Step = (world, f) => {
  for (let root = 0; root < world.facts.sizes.root; root++) change(world, f.vm, root, nothing);
  return life['kvm.zapAll'](world, f as never);
};

export const mmioEntries: Fix = {
  bugs: [{
    id: 'P2', breaks: 'A vCPU that found no memslot while one was created, and takes its time, comes upon what another vCPU has mapped since, and is not stale.',
    scenario: 'SC66', shownBy: ['S-35', 'S-34'], alsoIn: ['entry-readonly'], fixedIn: 'mainline-fixed',
  }, {
    id: 'FL-1', breaks: 'An access without a memslot leaves an entry that makes later faults on the gfn count as shared, though it is private by then and has a memslot.',
    scenario: 'entry-private', shownBy: ['S-33'], alsoIn: ['entry-file'], fixedIn: 'mainline-fixed',
  }],
  objects: [sptes, generations],
  steps: {
    'guest.walk': walk, 'mmio.checkEntry': checkEntry, 'fault.emulate': emulate, 'fault.mapEntry': mapEntry, 'fault.map': mapLeaf(fault['fault.map']),
    'slots.publish': publish, 'slots.bumpGeneration': bumpGeneration, 'mmu.zapObsoleteNext': zapObsoleteNext, 'kvm.zapAll': zapAll,
  },
  fragments: {
    'vcpu.tlbMiss': (edit) => {
      edit.replace('walk', step('guest.walk', 'hardware page walk', { ok: '^filled', violation: 'leave', reserved: 'leaveReserved' }));
      edit.redirect('leave', 'done', 'intent');
      edit.add('intent', step('fault.copyIntent', 'kvm_mmu_page_fault: PFERR_PRIVATE_ACCESS', { ok: 'fault' }));
      edit.replace('fault', use('mmu.fault', { retry: '^again', invalid: '^again', fixed: '^again', exit: '^exit', emulate: 'emulate' }));
      edit.add('leaveReserved', use('vcpu.leaveGuest', 'entry'));
      edit.add('entry', step('mmio.checkEntry', 'kvm_mmu_page_fault: handle_mmio_page_fault', { current: 'emulate', outdated: 'fault', gone: '^again' }));
      edit.add('emulate', step('fault.emulate', 'x86_emulate_instruction: KVM_EXIT_MMIO where there is no memory', { ok: '^exit', memory: '^again' }));
    },
    'mmu.fault': (edit) => {
      edit.remove('intent', 'slot');
      edit.redirect('invalid', 'invalid', '^invalid');
      edit.remove('mmio', '^emulate');
      edit.redirect('noSlot', 'noSlot', 'lockNoSlot');
      edit.add('lockNoSlot', use('mmu.readLock', 'staleNoSlot'));
      edit.add('staleNoSlot', step('fault.testStale', 'F9: is_page_fault_stale; without a memslot the sequence does not count', { ok: 'mapEntry', stale: 'unlockNoSlot' }));
      edit.add('mapEntry', step('fault.mapEntry', 'F10, F11: make_mmio_spte', { ok: 'unlockEmulate', replaced: 'unlockEmulate' }));
      edit.add('unlockEmulate', step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: '^emulate' }));
      edit.add('unlockNoSlot', step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: '^retry' }));
    },
  },
};
