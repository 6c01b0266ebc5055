// Who and what a scenario has, by name and number: VMs, vCPUs, threads, descriptors, events, memory regions.

import { at, ScenarioError, shown, unknownName } from './errors.ts';
import { FIRST_HOST_PAGE, LIMITS } from './limits.ts';
import { asOps, walk, type AnyOp } from './walk.ts';
import type { Call } from '../memory/calls.ts';
import type { Scenario, VcpuSpec } from './types.ts';

export interface VcpuEntry { readonly name: string; readonly vm: number; readonly spec: VcpuSpec; readonly path: string }
export interface ThreadEntry { readonly name: string; readonly program: readonly AnyOp[]; readonly path: string; /** vCPU that it runs; -1: none. */ readonly vcpu: number; readonly commands?: true | undefined }
export interface RegionEntry { readonly name: string; readonly first: bigint; readonly pages: number; readonly huge: boolean; readonly mapped: boolean }

/** Thread of the set-up. */
export const SETUP = 'setup';
/** Names that the compiler gives. */
const RESERVED = /^(?:(?:vcpu|irq|cpu|vm)[0-9]+|setup|gmem)$/;

export interface Cast {
  readonly vms: readonly string[];
  readonly vcpus: readonly VcpuEntry[];
  readonly threads: readonly ThreadEntry[];
  readonly descriptors: readonly string[];
  /** Events that somebody notifies; where commands come in, those that somebody waits for as well. */
  readonly events: readonly string[];
  readonly regions: readonly RegionEntry[];
}

/** Everybody that a scenario names, numbered. */
export function castOf(scenario: Scenario, calls: ReadonlyMap<string, Call>): Cast {
  const vcpus = scenario.vms.flatMap(({ vcpus: own = [] }, vm) => own.map((spec, i) => ({ vm, spec, path: `vms[${vm}].vcpus[${i}]` })))
    .map((entry, n) => ({ ...entry, name: `vcpu${n}` }));
  if (vcpus.length > LIMITS.vcpus) throw new ScenarioError('vms', `${vcpus.length} vCPUs; the limit 'vcpus' is ${LIMITS.vcpus}`);
  const threads = threadsOf(scenario, vcpus);
  const creators = new Map<string, string>();
  const events = new Set<string>();
  const commanded = [...vcpus.map(({ spec }) => spec), ...scenario.threads ?? [], ...scenario.hardware ?? []].some(({ commands }) => commands === true);
  for (const { program, path, name = '' } of [...threads, ...programsOf(scenario)]) {
    for (const { op, path: here } of walk(program, path)) {
      // What a command may notify, a program may wait for.
      if (op.op === 'notify' || (op.op === 'await' && commanded)) events.add(op['event'] as string);
      for (const argument of calls.get(op.op)?.arguments ?? []) {
        if (argument.type === 'newFd' && typeof op[argument.name] === 'string') addCreator(creators, op[argument.name] as string, name, at(here, argument.name));
      }
    }
  }
  limit('descriptors', creators.size);
  limit('events', events.size);
  return { vms: scenario.vms.map((_vm, n) => `vm${n}`), vcpus, threads, descriptors: [...creators.keys()], events: [...events], regions: regionsOf(scenario) };
}

/** Notes who creates a descriptor. A kernel gives each thread a descriptor of its own; a name is one descriptor, and what two threads
 *  store in it at a time is lost but for one. The set-up, which is read last, is over when they begin. */
function addCreator(creators: Map<string, string>, fd: string, thread: string, path: string): void {
  const other = creators.get(fd);
  if (other !== undefined && other !== thread && thread !== SETUP) {
    throw new ScenarioError(path, `thread '${other}' creates a descriptor ${shown(fd)} as well; two threads need two names`);
  }
  creators.set(fd, other ?? thread);
}

function limit(which: 'descriptors' | 'events', count: number): void {
  if (count > LIMITS[which]) throw new ScenarioError('', `${count} ${which}; the limit '${which}' is ${LIMITS[which]}`);
}

function threadsOf(scenario: Scenario, vcpus: readonly VcpuEntry[]): ThreadEntry[] {
  const result: ThreadEntry[] = vcpus.map(({ spec, path }, n) => ({
    name: `cpu${n}`, vcpu: n,
    program: asOps(spec.thread ?? (spec.commands !== true && (spec.program === undefined || spec.program.length === 0) ? [] : [{ op: 'run' }])),
    path: `${path}.thread`, commands: spec.commands,
  }));
  const taken = new Set<string>();
  const take = (name: string, path: string): void => {
    if (RESERVED.test(name)) throw new ScenarioError(path, `the name ${shown(name)} belongs to the laboratory; choose another`);
    if (taken.has(name)) throw new ScenarioError(path, `the name ${shown(name)} is taken already`);
    taken.add(name);
  };
  for (const [i, { name, program = [], commands }] of (scenario.threads ?? []).entries()) {
    take(name, `threads[${i}].name`);
    result.push({ name, program: asOps(program), path: `threads[${i}].program`, vcpu: -1, commands });
  }
  for (const [i, { name }] of (scenario.hardware ?? []).entries()) take(name, `hardware[${i}].name`);
  if (scenario.setup !== undefined && scenario.setup.length > 0) result.push({ name: SETUP, program: asOps(scenario.setup), path: 'setup', vcpu: -1 });
  return result;
}

/** Programs that are not threads'. */
function programsOf(scenario: Scenario): { program: readonly AnyOp[]; path: string; name?: string }[] {
  return [
    ...scenario.vms.flatMap(({ vcpus = [] }, vm) => vcpus.map(({ program = [] }, i) => ({ program: asOps(program), path: `vms[${vm}].vcpus[${i}].program` }))),
    ...(scenario.hardware ?? []).map(({ program = [] }, i) => ({ program: asOps(program), path: `hardware[${i}].program` })),
  ];
}

/** Pages from the beginning of one region that a call maps to that of the next: with nothing mapped in between, unless it is larger. */
const APART = 1n << 17n;

/** Regions lie one behind the other; with huge pages about, each begins at a huge page. One that a call maps lies apart from all others. */
function regionsOf({ memory = [] }: Scenario): RegionEntry[] {
  const step = memory.some(({ huge }) => huge === true) ? 4n : 1n;
  let next = FIRST_HOST_PAGE;
  return memory.map(({ name, pages, huge = false, mapped = true }, i) => {
    if (memory.findIndex((other) => other.name === name) !== i) throw new ScenarioError(`memory[${i}].name`, `the name ${shown(name)} is taken already`);
    if (huge && pages % 4 !== 0) throw new ScenarioError(`memory[${i}].pages`, `a region of huge pages is a multiple of 4 pages, not ${pages}`);
    if (huge && !mapped) throw new ScenarioError(`memory[${i}].huge`, 'a region that a call maps has no huge pages');
    if (!mapped) next = (next + APART) / APART * APART;
    const first = next;
    next += (BigInt(pages) + step - 1n) / step * step;
    if (!mapped) next = (next + APART) / APART * APART;
    return { name, first, pages, huge, mapped };
  });
}

/** Number of a VM: by number, by name, or, when it is left out, the only one. */
export function vmNumber({ vms }: Cast, value: unknown, path: string): number {
  if (value === undefined) {
    if (vms.length > 1) throw new ScenarioError(path, `which VM? There are ${vms.join(', ')}`);
    return 0;
  }
  return numberIn(vms, 'VM', value, path);
}

/** Number of what a program names; throws with near names when there is none. */
export const vcpuNumber = ({ vcpus }: Cast, value: unknown, path: string): number => numberIn(vcpus.map(({ name }) => name), 'vCPU', value, path);
export const threadNumber = ({ threads }: Cast, value: string, path: string): number => numberIn(threads.map(({ name }) => name), 'thread', value, path);
export const regionNumber = ({ regions }: Cast, value: string, path: string): number => numberIn(regions.map(({ name }) => name), 'memory region', value, path);
export const descriptorNumber = ({ descriptors }: Cast, value: string, path: string): number => numberIn(descriptors, 'descriptor', value, path);

function numberIn(names: readonly string[], what: string, value: unknown, path: string): number {
  const number = typeof value === 'number' ? value : names.indexOf(String(value));
  if (number >= 0 && number < names.length) return number;
  if (typeof value === 'number') throw new ScenarioError(path, `there is no ${what} ${value}; ${names.length === 0 ? 'the scenario has none' : `they are numbered 0 to ${names.length - 1}`}`);
  throw unknownName(path, what, String(value), names);
}

/** Checks that pages [page, page + span) lie in a region, and gives the first one's host page. */
export function hostPage(cast: Cast, memory: string, page: number, span: number, path: string): bigint {
  const region = cast.regions[regionNumber(cast, memory, at(path, 'memory'))]!;
  if (page + span > region.pages) throw new ScenarioError(at(path, 'page'), `page ${page + span - 1} lies behind the end of '${memory}', which has ${region.pages}`);
  return region.first + BigInt(page);
}
