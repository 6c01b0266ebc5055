// The arguments of a system call: from their names, pages and defaults to values.

import { argumentWords, type Argument, type Call } from '../memory/calls.ts';
import { descriptorNumber, hostPage, regionNumber, vcpuNumber, vmNumber, type Cast } from './cast.ts';
import { at, ScenarioError } from './errors.ts';
import { flagNames, sugarOf } from './sugar.ts';
import { PAGE, parseU32, parseU64, wordsOf } from './values.ts';
import type { U64 } from './types.ts';
import type { AnyOp } from './walk.ts';

export interface ReadCall {
  readonly call: Call;
  /** Value of each argument; descriptors, VMs, regions by number. */
  readonly values: ReadonlyMap<string, bigint>;
  /** Arguments that the operation names, in whichever way. */
  readonly given: ReadonlySet<string>;
}

/** Reads the arguments of `op`. */
export function readCall(call: Call, op: AnyOp, path: string, cast: Cast): ReadCall {
  const values = new Map<string, bigint>();
  const given = new Set<string>();
  const short = readSugar(call, op, path, cast);
  for (const argument of call.arguments) {
    const { name } = argument;
    const value = op[name];
    const other = short.get(name);
    if (value !== undefined && other !== undefined) throw new ScenarioError(path, `'${name}' and '${other.name}' say the same; give one of them`);
    if (value !== undefined || other !== undefined) given.add(name);
    values.set(name, other?.value ?? readArgument(call, argument, value, at(path, name), cast));
  }
  return { call, values, given };
}

/** Values that are written in pages, as region and page, or as a state; by the argument that they stand for. */
function readSugar(call: Call, op: AnyOp, path: string, cast: Cast): Map<string, { name: string; value: bigint }> {
  const result = new Map<string, { name: string; value: bigint }>();
  const sugar = sugarOf(call);
  for (const { name, stands, kind, states } of sugar) {
    const value = op[name];
    if (value === undefined) continue;
    if (kind === 'state') result.set(stands, { name, value: states![value as 'private' | 'shared'] });
    else if (kind === 'pages' && !(stands === 'hva' && op['memory'] !== undefined)) {
      if (name === 'memoryPage') throw new ScenarioError(at(path, name), "is a page of a region; name the region in 'memory'");
      result.set(stands, { name, value: BigInt.asUintN(64, parseU64(value as U64, at(path, name)) * PAGE) });
    } else if (kind === 'region') {
      const inRegion = sugar.find((one) => one.kind === 'pages' && one.stands === stands)!.name;
      const page = parseU64((op[inRegion] ?? 0) as U64, at(path, inRegion));
      if (page > 0xffff_ffffn) throw new ScenarioError(at(path, inRegion), 'lies behind the end of the region');
      const region = cast.regions[regionNumber(cast, value as string, at(path, name))]!;
      // A range may begin right behind the region's end; what it does there is the kernel's to say.
      result.set(stands, { name, value: (page === BigInt(region.pages) ? region.first + page : hostPage(cast, region.name, Number(page), 1, path)) * PAGE });
    }
  }
  return result;
}

function readArgument(call: Call, argument: Argument, value: unknown, path: string, cast: Cast): bigint {
  const { name, type } = argument;
  if (type === 'vm') return BigInt(vmNumber(cast, value, path));
  if (value === undefined) {
    if (argument.default !== undefined) return BigInt(argument.default);
    const short = sugarOf(call).filter((one) => one.stands === name).map((one) => `'${one.name}'`);
    throw new ScenarioError(path, `is missing: ${argument.description}${short.length === 0 ? '' : `, or ${short.join(' and ')} for it`}`);
  }
  switch (type) {
    case 'vcpu': return BigInt(vcpuNumber(cast, value, path));
    case 'region': return BigInt(regionNumber(cast, value as string, path));
    case 'newFd': return BigInt(cast.descriptors.indexOf(value as string));
    case 'fd':
      if (value !== -1) return BigInt(descriptorNumber(cast, value as string, path));
      if (call.on !== 'vm') throw new ScenarioError(path, 'a file is needed here; -1 is for none');
      return -1n;
    case 'u32': return Array.isArray(value) ? readFlags(call, argument, value) : BigInt(parseU32(value as U64, path));
    case 'u64': return Array.isArray(value) ? readFlags(call, argument, value) : parseU64(value as U64, path);
  }
}

const readFlags = (call: Call, argument: Argument, names: readonly string[]): bigint =>
  names.reduce((bits, one) => bits | BigInt(flagNames(call, argument)![one]!), 0n);

/** The words of the message. */
export function messageWords({ call, values }: ReadCall): number[] {
  return call.arguments.flatMap(({ name, type }) => (argumentWords(type) === 2 ? wordsOf(values.get(name)!) : [Number(BigInt.asIntN(32, values.get(name)!))]));
}
