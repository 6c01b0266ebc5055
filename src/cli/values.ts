// Option values, checked where they are read.

import { InvalidArgumentError } from 'commander';
import { MOST_JOBS } from '../explore/pool.ts';
import { nearest } from '../kernel/nearest.ts';
import { MOST_WORKERS } from '../runtime/threads/shared.ts';
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
export const rounds = whole(1, 1_000_000_000);
export const workers = whole(1, MOST_WORKERS);
/** Microseconds. */
export const jitter = whole(0, 1_000_000);
/** vCPUs of each VM. */
export const vcpus = whole(1, LIMITS.vcpus);
/** Depth of the bugs that PCT is to find. */
export const depth = whole(1, 16);
export const jobs = whole(1, MOST_JOBS);
export const megabytes = whole(1, 1_000_000);

/** Part i of n, as `3/16`. */
export function shard(text: string): { index: number; of: number } {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (index === undefined || Number(index) < 1 || Number(index) > Number(of)) throw new InvalidArgumentError(`it takes a part and how many there are, as 3/16, not '${short(text)}'`);
  return { index: Number(index) - 1, of: Number(of) };
}

/** A port to listen on; 0: any. */
export const port = whole(0, 65_535);

/** A place in a trace; 0 is in front of the first step. */
export const step = whole(0, Number.MAX_SAFE_INTEGER);

function above0(unit: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!(value > 0 && value <= 1e9)) throw new InvalidArgumentError(`it takes a number of ${unit} above 0, not '${short(text)}'`);
    return value;
  };
}

export const seconds = above0('seconds');
export const minutes = above0('minutes');

/** One of some words. */
export const oneOf = <T extends string>(words: readonly T[]) => (text: string): T => {
  const found = words.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError(`it takes ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, not '${short(text)}'${nearest(text, words)}`);
  return found;
};

/** Collects an option that may be given several times, or with commas. */
export const several = (text: string, before: readonly string[] = []): string[] => [...before, ...text.split(',').map((one) => one.trim()).filter((one) => one !== '')];
