// Page frames have other numbers in the model than in the trace. Which is which is noted when a leaf is installed, for as long as a page lives.

import type { Control, Controls } from './control.ts';

/**
 * Notes that the model's page frame `pfn` is `shown` in the trace. Answers the control that knows it, or why it cannot be: a page of a file
 * stays the same and is no other's. A page of anonymous memory may have been the zero page before, which is everybody's.
 */
export function noteFrame(controls: Controls, control: Control, pfn: number, shown: string, isFile: boolean): Control | string {
  const known = control.frames.find(([one]) => one === pfn);
  if (known?.[1] === shown) return control;
  if (known !== undefined && isFile) return `the page is another one: in the model it is still the one that was pfn ${known[1]}`;
  if (control.frames.some(([one, text, file]) => one !== pfn && text === shown && (file !== 0 || isFile))) {
    return `the page is another one: pfn ${shown} was ${isFile ? 'not this page of the file' : 'a page of a file'}, and is still in use`;
  }
  const frames = [...control.frames.filter(([one]) => one !== pfn), [pfn, shown, isFile ? 1 : 0] as const].toSorted((a, b) => a[0] - b[0]);
  return controls.of({ ...control, frames });
}

/** Forgets page frames that are free. */
export const forgetFrames = (controls: Controls, control: Control, freed: readonly number[]): Control =>
  (control.frames.some(([pfn]) => freed.includes(pfn)) ? controls.of({ ...control, frames: control.frames.filter(([pfn]) => !freed.includes(pfn)) }) : control);
