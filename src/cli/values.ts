// Option values, checked where they are read.

import { InvalidArgumentError } from 'commander';
import { LIMITS } from '../scenario/limits.ts';

const short = (text: string): string => (text.length > 30 ? `${text.slice(0, 29)}…` : text);

function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= from && value <= to)) throw new InvalidArgumentError(`it takes a whole number from ${from} to ${to}, not '${short(text)}'`);
    return value;
  };
}

export const seed = whole(0, 0xffff_ffff);
export const spareVcpus = whole(0, LIMITS.vcpus);
export const steps = whole(1, Number.MAX_SAFE_INTEGER);
/** vCPUs of each VM. */
export const vcpus = whole(1, LIMITS.vcpus);
/** A place in a trace; 0 is in front of the first step. */
export const step = whole(0, Number.MAX_SAFE_INTEGER);

/** A number of seconds above 0. */
export function seconds(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value > 0 && value <= 1e9)) throw new InvalidArgumentError(`it takes a number of seconds above 0, not '${short(text)}'`);
  return value;
}

/** Collects an option that may be given several times, or with commas. */
export const several = (text: string, before: readonly string[] = []): string[] => [...before, ...text.split(',').map((one) => one.trim()).filter((one) => one !== '')];
