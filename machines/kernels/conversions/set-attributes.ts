// KVM_SET_MEMORY_ATTRIBUTES2 on a guest_memfd, and what the kernel says of it. While files keep the state of their pages (the module parameter
// gmem_in_place_conversion, on here), the ioctl of the VM does not exist.

import { arg, putResult } from '../../../src/memory/calls.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { setAttributes2Call, SetAttributes2Frame, steps } from '../../../src/steps/gmem-set-attributes.ts';
import { CAP_GMEM_ATTRIBUTES } from '../../../src/steps/gmem-capability.ts';
import { drainSteps, steps as references, TestReferencesFrame } from '../../../src/steps/gmem-references.ts';
import { steps as convertSteps } from '../../../src/steps/gmem-convert.ts';
import { steps as unmap, UnmapRangeFrame } from '../../../src/steps/gmem-unmap-range.ts';
import { convertBegin, convertEnd, testDrainedReferences, unmapRange } from '../../gmem/convert.ts';
import { setAttributes } from '../../gmem/set-attributes.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { Operation } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** Word of check_cap's answer, and KVM_MEMORY_ATTRIBUTE_PRIVATE. */
const CHECK_CAP_RET = 2, PRIVATE = 8;

/** The change to `base`. */
export function setAttributesOnFile(base: Kernel): Fix {
  const checkCap = base.steps.get('cap.check') as Step<Operation>;
  return {
    config: { attributes: false },
    calls: [
      setAttributes2Call,
      { ...base.calls.find(({ name }) => name === 'set_attributes')!, instead: "files keep the state of their pages themselves, and the ioctl of the VM answers ENOTTY; 'convert_gmem' is that of the file" },
    ],
    registers: [SetAttributes2Frame, UnmapRangeFrame, TestReferencesFrame],
    steps: {
      ...unmap, ...references, ...drainSteps,
      'convert.foreign': convertSteps['convert.foreign'], 'convert.testDirection': convertSteps['convert.testDirection'], ...steps,
      'cap.check': ((world, f, choose) => {
        if (arg(world, f, 1) !== CAP_GMEM_ATTRIBUTES) return checkCap(world, f, choose);
        putResult(world, f, CHECK_CAP_RET, PRIVATE);
        return ok;
      }) satisfies Step<Operation>,
    },
    fragments: Object.fromEntries([setAttributes, convertBegin, convertEnd, unmapRange, testDrainedReferences].map((one) => [one.name, one])),
  };
}
