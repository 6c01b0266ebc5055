// The built-in scenarios. Those of the catalogue have the catalogue's numbers.

import type { Scenario } from '../types.ts';
import { SC01 } from './sc01.ts';
import { SC02 } from './sc02.ts';
import { SC03 } from './sc03.ts';
import { SC04 } from './sc04.ts';
import { SC05 } from './sc05.ts';
import { SC06 } from './sc06.ts';
import { SC07 } from './sc07.ts';
import { SC08 } from './sc08.ts';
import { SC09 } from './sc09.ts';
import { SC10 } from './sc10.ts';
import { SC11 } from './sc11.ts';
import { SC12 } from './sc12.ts';
import { SC13 } from './sc13.ts';
import { SC14 } from './sc14.ts';
import { SC15 } from './sc15.ts';
import { SC16 } from './sc16.ts';
import { SC17 } from './sc17.ts';
import { SC18 } from './sc18.ts';
import { SC19 } from './sc19.ts';
import { SC20 } from './sc20.ts';
import { SC21 } from './sc21.ts';
import { SC22 } from './sc22.ts';
import { SC23 } from './sc23.ts';
import { SC24 } from './sc24.ts';
import { SC25 } from './sc25.ts';
import { SC26 } from './sc26.ts';
import { SC27 } from './sc27.ts';
import { SC28 } from './sc28.ts';
import { SC29 } from './sc29.ts';
import { SC30 } from './sc30.ts';
import { SC31 } from './sc31.ts';
import { SC32 } from './sc32.ts';
import { SC33 } from './sc33.ts';
import { SC34 } from './sc34.ts';
import { SC35 } from './sc35.ts';
import { SC36 } from './sc36.ts';
import { SC37 } from './sc37.ts';
import { SC38 } from './sc38.ts';
import { SC39 } from './sc39.ts';
import { SC52 } from './sc52.ts';
import { SC53 } from './sc53.ts';
import { SC54 } from './sc54.ts';
import { SC55 } from './sc55.ts';
import { SC56 } from './sc56.ts';
import { SC57 } from './sc57.ts';
import { SC58 } from './sc58.ts';
import { SC59 } from './sc59.ts';
import { SC60 } from './sc60.ts';
import { SC61 } from './sc61.ts';
import { SC62 } from './sc62.ts';
import { SC63 } from './sc63.ts';
import { SC64 } from './sc64.ts';
import { SC65 } from './sc65.ts';
import { SC66 } from './sc66.ts';
import { bindClosed } from './bind-closed.ts';
import { createEmpty } from './create-empty.ts';
import { createNoMemory } from './create-no-memory.ts';
import { entryPrivate } from './entry-private.ts';
import { entryReadonly } from './entry-readonly.ts';
import { dyingRoot } from './dying-root.ts';
import { faultEnomem } from './fault-enomem.ts';
import { firstSlot } from './first-slot.ts';
import { grabNoMemory } from './grab-no-memory.ts';
import { initShared } from './init-shared.ts';
import { lookupHole } from './lookup-hole.ts';
import { lostFault } from './lost-fault.ts';
import { lostMapped } from './lost-mapped.ts';
import { munmapFile } from './munmap-file.ts';
import { nextOwner } from './next-owner.ts';
import { prefaultConvert } from './prefault-convert.ts';
import { prefaultRoot } from './prefault-root.ts';
import { registerUnsealed } from './register-unsealed.ts';
import { sealFrozen } from './seal-frozen.ts';
import { sealHalf } from './seal-half.ts';
import { sealPreallocated } from './seal-preallocated.ts';
import { sharedPunch } from './shared-punch.ts';
import { scale } from './scale.ts';
import { stress } from './stress.ts';
import { stressAll } from './stress-all.ts';
import { stressSmall } from './stress-small.ts';
import { takeOver } from './take-over.ts';
import { unbindDying } from './unbind-dying.ts';

export const builtinScenarios: readonly Scenario[] = [
  SC01, SC02, SC03, SC04, SC05, SC06, SC07, SC08, SC09, SC10, SC11, SC12, SC13, SC14, SC15, SC16, SC17, SC18, SC19, SC20, SC21, SC22, SC23, SC24, SC25, SC26, SC27, SC28, SC29, SC30, SC31, SC32, SC33, SC34, SC35, SC36, SC37, SC38, SC39, SC52, SC53, SC54, SC55, SC56, SC57, SC58, SC59, SC60, SC61, SC62, SC63, SC64, SC65, SC66,
  bindClosed, createEmpty, createNoMemory, entryPrivate, entryReadonly, firstSlot, grabNoMemory, initShared, lostFault, lostMapped, munmapFile, prefaultConvert, prefaultRoot, sharedPunch, takeOver, unbindDying,
  dyingRoot, faultEnomem, lookupHole, nextOwner, registerUnsealed, sealFrozen, sealHalf, sealPreallocated,
  scale, stress, stressAll, stressSmall,
];

/** A built-in scenario by its name, in whichever case. */
export const builtinScenario = (name: string): Scenario | undefined => builtinScenarios.find((one) => one.name.toLowerCase() === name.toLowerCase());
