// Which selftest facts a kernel is judged by: those that mainline's own selftests assert, of a range of releases that holds the kernel's.

import type { Kernel } from '../kernel/define.ts';
import type { Fact } from './recording.ts';

/** Releases of the built-in kernels, as 100 times the first number and the second. */
const RELEASES: Readonly<Record<string, number>> = { 'v6.8': 608, 'v6.12': 612, 'v6.18': 618, mainline: 703 };

/** Release of a kernel, or of the one that it is derived from; nothing where neither is known. */
export function releaseOf({ name, base }: Pick<Kernel, 'name' | 'base'>, named: (name: string) => Kernel | undefined): number | undefined {
  if (RELEASES[name] !== undefined) return RELEASES[name];
  const from = base === undefined ? undefined : named(base);
  return from === undefined ? undefined : releaseOf(from, named);
}

const number = (text: string): number => {
  const [first, second] = text.split('.');
  return Number(first) * 100 + Number(second);
};

/** Does a range hold a release: `>=6.11`, `6.8..6.17`, `newest tree (about 7.0; …)`. Anything else, a series that was proposed, holds none. */
export function holds(range: string, release: number): boolean {
  const least = /^>=(\d+\.\d+)$/.exec(range);
  if (least !== null) return release >= number(least[1]!);
  const between = /^(\d+\.\d+)\.\.(\d+\.\d+)$/.exec(range);
  if (between !== null) return release >= number(between[1]!) && release <= number(between[2]!);
  const about = /^newest tree \(about (\d+\.\d+)\b/.exec(range);
  return about !== null && release >= number(about[1]!);
}

/** Is the fact one of mainline's, and of this release? A kernel whose files keep the state of their pages is none of mainline's: it is judged by
 *  what the selftests of its own series assert, of which the RFC has none. */
export function isOf({ status, kernel_range }: Fact, release: number, { shareability }: Kernel['config']): boolean {
  if (shareability !== undefined) return shareability === 'every' && status === 'proposed';
  return /^mainline(?:-|$)/.test(status) && holds(kernel_range, release);
}
