// What of the timeline is in sight, and where its parts lie.

import type { Cone } from '../engine/cone.ts';

/** Height of a lane, of its parts, and of the scale above all. */
export const LANE = 26, SCALE = 18;
export const BAND = 12, BAND_TOP = 3, LOCK_TOP = 16, LOCK = 9;

/** Pixels of a column where steps lie close. */
export const COLUMN = 3;

/** What is in sight: step `start` is at the left edge, `scale` pixels a step; lanes begin `top` pixels above the first line. */
export interface Sight {
  readonly width: number; readonly height: number; readonly start: number; readonly scale: number; readonly top: number;
  /** Numbers of the actors, a lane each; below 0, rows of groups. */
  readonly lanes: readonly number[];
  /** The groups: their lanes, their steps where they are shut. */
  readonly groups: readonly { readonly name: string; readonly actors: readonly number[]; readonly steps: Int32Array | undefined }[];
  readonly cursor: number; readonly a: number; readonly b: number; readonly selected: number; readonly cone: Cone | undefined;
  /** Steps that are marked as what is wrong, and that of no return. */
  readonly bad: readonly number[]; readonly noReturn: number;
}

/** A row of the timeline, and its upper edge. */
export interface Lane { readonly actor: number; readonly y: number }

/** Where the middle of a step is. */
export const xOf = ({ start, scale }: Pick<Sight, 'start' | 'scale'>, step: number): number => (step - start + 0.5) * scale;
