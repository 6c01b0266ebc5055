// The ways in which an action of a trace can be taken in a state.

import type { Control } from './control.ts';

export interface Way {
  readonly control: Control;
  /** Actor whose step happens with it; 0: none does. */
  readonly actor: number;
  /** gfn whose leaf that step must change; -1: none. */
  readonly leaf: number;
  /** Empty: it stands for something in the model. Else why it is passed over. */
  readonly passedOver: string;
  /** It may as well be that the model has to do something first. */
  readonly guess?: true;
}

/** Told why an action cannot happen. */
export type Why = ((reason: string) => void) | undefined;

/** Nothing of the model: the action is passed over. */
export const passed = (control: Control, passedOver: string): Way => ({ control, actor: 0, leaf: -1, passedOver });

/** It happens, perhaps with the step of an actor, which perhaps changes the leaf of a gfn. */
export const happens = (control: Control, actor = 0, leaf = -1): Way => ({ control, actor, leaf, passedOver: '' });
