// The compiler: a scenario and a kernel's calls come to a topology. Programs are read once, which gathers names, pages and
// pools; then compact numbers are given; then code is written.

import { actorsOf, type Reading } from './actors.ts';
import { readCall } from './call-arguments.ts';
import { castOf, type Cast } from './cast.ts';
import { ScenarioError, unknownName } from './errors.ts';
import { guestLeaf } from './guest-program.ts';
import { hardwareLeaf } from './hardware-program.ts';
import { LIMITS } from './limits.ts';
import { Budget, readProgram, type Language } from './program.ts';
import { Pools } from './pools.ts';
import { sizesOf } from './sizes.ts';
import { spaceOf, Spaces } from './spaces.ts';
import { touchPages } from './touch.ts';
import { validateScenario } from './validate.ts';
import { vmmLeaf, type Target, type VmmContext } from './vmm-program.ts';
import { asOps, walk, type AnyOp } from './walk.ts';
import { HUGE_PAGES } from '../steps/huge.ts';
import { orderOfFlags } from '../steps/huge-file.ts';
import type { Call } from '../memory/calls.ts';
import type { PageSpace } from '../memory/pages.ts';
import type { ForKernel } from './for-kernel.ts';
import type { Scenario } from './types.ts';
import type { Topology } from './topology.ts';

/** Makes the topology of a scenario for a kernel. Throws ScenarioError for whatever is wrong with it, and nothing else. */
export function compile(input: unknown, kernel: ForKernel): Topology {
  const scenario = validateScenario(input, kernel.calls);
  const calls = new Map(kernel.calls.map((call) => [call.name, call]));
  const cast = castOf(scenario, calls);
  checkPrivacy(scenario, kernel);
  const vmTypes = vmTypesOf(scenario, kernel);
  const spaces = new Spaces();
  const largestFile = fileSizes(cast, calls);
  const pools = new Pools(kernel.config.userMemSlots);
  const context: VmmContext = {
    cast, spaces, kernel: kernel.name, calls, callNumbers: new Map(kernel.calls.map((call, i) => [call.name, i])),
    onCall: (read, path) => {
      touchPages(read, path, spaces, largestFile);
      pools.count(read, path);
    },
  };
  const readings = readAll(scenario, context, largestFile);
  for (const { first, pages } of cast.regions) spaces.add('hvas', first, BigInt(pages), 'memory');
  const hugeRegion = cast.regions.some((region) => region.huge);
  const filePages = kernel.config.hugeFiles === true ? 1 << largestOrder(cast, calls) : 1;
  const huge = hugeRegion || filePages > 1;
  const gfns = spaces.runs('gfns', huge ? HUGE_PAGES : 1);
  const indexes = spaces.runs('indexes', Math.max(filePages, hugeRegion ? HUGE_PAGES : 1));
  const hvas = spaces.runs('hvas', hugeRegion ? HUGE_PAGES : 1);
  const numbered = { gfns: spaceOf(gfns), indexes: spaceOf(indexes), hvas: spaceOf(hvas) };
  const sizes = sizesOf({ scenario, cast, pools, huge, calls: kernel.calls, filePages, pages: { gfns: numbered.gfns.count, indexes: numbered.indexes.count, hvas: numbered.hvas.count } });
  const { actors, setup, setupPlaces } = actorsOf(cast, readings, sizes.file, kernel, {
    gfn: (page) => numbered.gfns.find(page), index: (page) => numbered.indexes.find(page), hva: (page) => numbered.hvas.find(page),
  });
  const placement = scenario.placement ?? {};
  const names = actors.map(({ name }) => name);
  for (const name of Object.keys(placement)) if (!names.includes(name)) throw unknownName(`placement.${name}`, 'actor', name, names);
  return {
    placement,
    sizes: { ...sizes, actor: actors.length + 1 },
    actors, setup, setupPlaces, gfns, indexes, hvas, vmTypes,
    vmOfVcpu: cast.vcpus.map(({ vm }) => vm),
    regionOfHva: regionsOfPages(cast, numbered.hvas),
    hugeRegions: cast.regions.map((region) => region.huge),
    mappedRegions: cast.regions.map((region) => region.mapped),
    names: {
      vms: cast.vms, vcpus: cast.vcpus.map(({ name }) => name), threads: cast.threads.map(({ name }) => name),
      fds: cast.descriptors, events: cast.events, regions: cast.regions.map(({ name }) => name),
    },
  };
}

/** How sentences say what makes a page private. */
const PRIVACY = { attribute: 'its attribute', memslot: 'its memslot', allocation: 'being allocated in the file' } as const;

function checkPrivacy({ privacy }: Scenario, { name, config }: ForKernel): void {
  const here = config.privacy ?? 'attribute';
  if (privacy === undefined || privacy.includes(here)) return;
  throw new ScenarioError('privacy', `it is for kernels in which a page is private by ${privacy.map((one) => PRIVACY[one]).join(' or ')}; in kernel '${name}' it is by ${PRIVACY[here]}`);
}

/** `confidential` is the laboratory's: a VM as SNP and TDX have it, which every kernel runs that has private memory by attribute. */
function vmTypesOf({ vms }: Scenario, { name, config }: ForKernel): string[] {
  return vms.map(({ type = 'sw-protected' }, i) => {
    const known = config.vmTypes.includes('sw-protected') ? [...config.vmTypes, 'confidential'] : config.vmTypes;
    if (!known.includes(type)) throw new ScenarioError(`vms[${i}].type`, `kernel '${name}' has no VM type '${type}'; it has ${config.vmTypes.join(', ')}`);
    return type;
  });
}

/** Region of each host page, -1 where there is none. */
function regionsOfPages({ regions }: Cast, hvas: PageSpace): number[] {
  const result = Array.from<number>({ length: hvas.count }).fill(-1);
  regions.forEach(({ first, pages }, region) => result.fill(region, hvas.find(first), hvas.find(first) + pages));
  return result;
}

/** Calls that give a file its size, and which argument that is. */
const SIZES: Readonly<Record<string, string>> = { create_gmem: 'size', memfd_create: 'size', file_truncate: 'length' };

/** Size in bytes of the largest file that each descriptor can name. */
export function fileSizes(cast: Cast, calls: ReadonlyMap<string, Call>): (descriptor: bigint) => bigint {
  const sizes = new Map<string, bigint>();
  let largest = 0n;
  for (const { program, path } of cast.threads) {
    for (const { op, path: here } of walk(program, path)) {
      const sized = SIZES[op.op];
      const call = sized === undefined ? undefined : calls.get(op.op);
      if (call === undefined) continue;
      const size = BigInt.asIntN(64, readCall(call, op, here, cast).values.get(sized!)!);
      const fd = String(op['fd']);
      if (size > (sizes.get(fd) ?? 0n)) sizes.set(fd, size);
      if (size > largest) largest = size;
    }
  }
  // A descriptor that is a duplicate may be of any file.
  return (descriptor) => sizes.get(cast.descriptors[Number(descriptor)] ?? '') ?? largest;
}

/** log2 of the pages of the largest huge page that a file of the scenario is made with; 0: all have small ones. */
function largestOrder(cast: Cast, calls: ReadonlyMap<string, Call>): number {
  const create = calls.get('create_gmem')!;
  return Math.max(0, ...cast.threads.flatMap(({ program, path }) => [...walk(program, path)].flatMap(({ op, path: here }) =>
    (op.op === create.name ? [orderOfFlags(Number(BigInt.asIntN(32, readCall(create, op, here, cast).values.get('flags')!)))] : []))));
}

/** Reads all programs. */
function readAll(scenario: Scenario, context: VmmContext, largestFile: (descriptor: bigint) => bigint): Reading {
  const { cast, spaces } = context;
  const budget = new Budget();
  const language = (leaf: Language['leaf']): Language => ({ budget, events: cast.events, leaf });
  const room = (path: string): 'commands' => {
    budget.spend(path, LIMITS.command);
    return 'commands';
  };
  const guests = cast.vcpus.map(({ spec, path }) => (spec.commands === true ? room(path) : readProgram(asOps(spec.program ?? []), `${path}.program`, language(guestLeaf(spaces)))));
  const threads = cast.threads.map((thread) => {
    const needs = new Set<Target>();
    if (thread.path === 'setup') checkSetup(thread.program);
    if (thread.commands === true && thread.vcpu < 0) {
      // Whatever it may be told.
      for (const { on } of context.calls.values()) {
        if (on !== 'vcpu') needs.add(on);
        else for (let vcpu = 0; vcpu < cast.vcpus.length; vcpu++) needs.add(`vcpu${vcpu}`);
      }
      return { pieces: room(thread.path), needs };
    }
    return { pieces: readProgram(thread.program, thread.path, language(vmmLeaf(context, thread, needs))), needs };
  });
  const hardware = (scenario.hardware ?? []).map(({ name, program = [], commands }, i) => ({
    name,
    pieces: commands === true ? room(`hardware[${i}]`) : readProgram(asOps(program), `hardware[${i}].program`, language(hardwareLeaf(cast, spaces, name, largestFile))),
    memoryErrors: commands === true || [...walk(asOps(program), '')].some(({ op }) => op.op === 'memory_error'),
  }));
  return { guests, threads, hardware };
}

/** Nobody else runs while the set-up does, and it must end. */
function checkSetup(program: readonly AnyOp[]): void {
  for (const { op, path } of walk(program, 'setup')) {
    if (op.op === 'await') throw new ScenarioError(path, 'the set-up runs alone; nobody could notify it');
    if (op['forever'] === true) throw new ScenarioError(path, 'the set-up must end; a loop without end cannot be part of it');
    if (op.op === 'loop' && (op['times'] as number) > LIMITS.instructions) throw new ScenarioError(path, `the set-up is to be short: at most ${LIMITS.instructions} rounds`);
  }
}
