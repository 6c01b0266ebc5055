// A file keeps the state of its pages, private or shared with the host, itself: it is there when the file is made, and gone with the inode.
// Faults ask the file whether a page is private, where their memslot has one that knows, and compare with what the access means. They ask
// without a lock, as they ask for attributes of the VM: the invalidation around each change makes who asked too early stale.

import { converted, convert_work, SHAREABILITY_ALL, SHAREABILITY_GUEST, shareability } from '../../../src/memory/layouts/shareability.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { differs, isPrivate, shared } from '../../../src/steps/fault.ts';
import { privateAt, privateIn, destroyShareability, setUpShareability, withShareability } from '../../../src/steps/shareability.ts';
import { prefaultPage } from '../changes/prefault.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { Fault, Operation } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** kvm_mmu_do_page_fault: where the guest does not say what it means, a copy of the page's state. Without private memory no access means it. */
const copyIntent: Step<Fault> = (world, f) => {
  const type = world.facts.vmTypes[f.vm];
  if (type !== 'confidential') f.intent = type === 'default' ? 0 : privateAt(world, f.vm, f.gfn);
  return ok;
};

/** F2: kvm_mem_is_private against what the access meant. */
const testPrivacy: Step<Fault> = (world, f) => {
  if (privateIn(world, f.vm, f.slot, f.gfn) !== f.intent) return differs;
  return f.intent !== 0 ? isPrivate : shared;
};

/** The change to `base`. `guest`: these flags of a file say that its pages are private at first. */
export function fileState(base: Kernel, guest: (flags: number) => boolean): Fix {
  const getFile = base.steps.get('create.getFile') as Step<Operation>;
  const freeInode = base.steps.get('inode.free') as Step<Operation>;
  return {
    objects: [shareability, convert_work, converted],
    steps: {
      'fault.copyIntent': copyIntent, 'fault.testPrivacy': testPrivacy, 'prefault.enterPage': prefaultPage(privateAt),
      /** An inode comes with its tree: the whole file has one state. */
      'create.getFile': ((world, f, choose) => {
        const result = getFile(world, f, choose);
        if (result !== ok) return result;
        const { inode } = world.file(f.handle);
        setUpShareability(withShareability(world), inode, guest(world.inode_flags(inode).flags) ? SHAREABILITY_GUEST : SHAREABILITY_ALL);
        return result;
      }) satisfies Step<Operation>,
      /** destroy_inode: not in the callback by which RCU frees it, since erasing takes the tree's lock. */
      'inode.free': ((world, f, choose) => {
        destroyShareability(withShareability(world), f.inode);
        return freeInode(world, f, choose);
      }) satisfies Step<Operation>,
    },
  };
}
