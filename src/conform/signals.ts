// Signals as recordings write them.

import { BUS_ADRERR, BUS_MCEERR_AO, BUS_MCEERR_AR, SIGBUS, SIGSEGV } from '../memory/layouts/host.ts';
import type { Bench, Signal } from './bench.ts';
import type { Names } from './names.ts';
import { firstPageOf } from './needs.ts';
import type { Result } from './recording.ts';
import { PAGE } from './values.ts';

const NAMES: Readonly<Record<number, string>> = { [SIGBUS]: 'SIGBUS', [SIGSEGV]: 'SIGSEGV' };
const BUS_CODES: Readonly<Record<number, string>> = { [BUS_ADRERR]: 'BUS_ADRERR', [BUS_MCEERR_AR]: 'BUS_MCEERR_AR', [BUS_MCEERR_AO]: 'BUS_MCEERR_AO' };
const SEGV_CODES: Readonly<Record<number, string>> = { 1: 'SEGV_MAPERR', 2: 'SEGV_ACCERR' };
/** log2 of the bytes of a page, in the signal of a memory failure. */
const LSB = 12;

/** The fields of a signal; `address`: with where it says that it happened, as a mapping and an offset. */
export function signalFields({ number, code, hva }: Signal, bench: Bench, address: boolean): Result {
  const failure = number === SIGBUS && (code === BUS_MCEERR_AR || code === BUS_MCEERR_AO);
  return {
    signal: NAMES[number] ?? `signal ${number}`,
    si_code: (number === SIGBUS ? BUS_CODES : SEGV_CODES)[code] ?? `code ${code}`,
    ...(failure ? { si_addr_lsb: LSB } : {}),
    ...(address && hva > 0 ? { si_addr: placeOf(bench, hva - 1) } : {}),
  };
}

/** A host page as `region+bytes`; whoever compares puts the mapping's name in. */
function placeOf(bench: Bench, hva: number): string {
  const region = bench.world.facts.regionOfHva[hva] ?? -1;
  const page = Number(bench.world.facts.hvas.real(hva));
  return region < 0 ? `0x${(page * PAGE).toString(16)}` : `${region}+${(page - firstPageOf(region)) * PAGE}`;
}

/** The same fields with the name of the mapping in the place of its number. */
export function withNames(fields: Result, names: Names): Result {
  const { si_addr: place } = fields;
  if (typeof place !== 'string' || place.startsWith('0x')) return fields;
  const [region, offset] = place.split('+') as [string, string];
  const name = names.ofRegion(Number(region));
  return { ...fields, si_addr: offset === '0' ? name : `${name}+${offset}` };
}
