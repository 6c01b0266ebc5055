// The schema of a scenario, made for a kernel's list of calls: each call is an operation whose members are the call's arguments.

import * as v from 'valibot';
import { toJsonSchema } from '@valibot/to-json-schema';
import { nearest } from '../kernel/nearest.ts';
import { ERRNO_NUMBERS } from '../steps/errno.ts';
import { shown } from './errors.ts';
import { flag, list, name, numberOrName, object, only, optional, text, u64, whole, word, type Schema } from './fields.ts';
import { LIMITS } from './limits.ts';
import { PROPERTIES } from './properties.ts';
import { flagNames, sugarOf } from './sugar.ts';
import { scenarioCalls, type Argument, type Call } from '../memory/calls.ts';

/** What can be done with an exit. */
export const DECISIONS = ['stop', 'retry', 'convert'] as const;

type Entries = Record<string, Schema>;
type Operation = ReturnType<typeof object>;

const page = u64('page number');
const property = v.pipe(v.picklist(PROPERTIES, ({ input }) => `there is no property ${shown(input)}${typeof input === 'string' && input.length <= LIMITS.name ? nearest(input, PROPERTIES) : ''}`), v.description('a property: S-01'));
const value = (description: string): Schema => whole(0, LIMITS.value, description, 'value');
const any = optional(whole(1, LIMITS.any, 'any of so many pages from `page`, by free choice', 'any'));
const expectation = optional(word(Object.keys(ERRNO_NUMBERS), "errno that the call must return, or 'ok'; another result breaks S-22", "the name of an errno, or 'ok'"));

const repetition = optional(word(Object.keys(ERRNO_NUMBERS).filter((name) => name !== 'ok'), 'errno upon which the thread calls again, until the answer is another one', 'the name of an errno'));

const op = (which: string, description: string, entries: Entries = {}): Operation => object({ op: only(which, description), ...entries }, description);

/** A choice among operations by their `op`. */
function operations(own: readonly Operation[], language: string): Schema {
  const block = (): Schema => list(v.lazy(() => one), 'operations', 1, LIMITS.instructions, 'instructions');
  const branch = object({
    weight: optional(whole(1, LIMITS.weight, 'how often, in proportion; 1 when left out', 'weight')),
    do: list(v.lazy(() => one), 'operations; none: do nothing', 0, LIMITS.instructions, 'instructions'),
  }, 'a branch of a mix');
  const all = [
    ...own,
    op('loop', 'does its operations again and again', {
      times: optional(whole(1, LIMITS.times, 'rounds', 'times')),
      forever: optional(only(true, 'without end')),
      do: block(),
    }),
    op('mix', 'does one of its branches, by free choice', { of: list(branch, 'the branches', 1, LIMITS.branches, 'branches') }),
    op('notify', 'sets an event', { event: name('the event') }),
    op('await', 'waits until an event is set', { event: name('the event') }),
  ];
  const names = all.map((each) => (each.entries['op'] as unknown as { literal: string }).literal);
  const one: Schema = v.variant('op', all as never, (issue) => {
    if (issue.path === undefined) return `must be ${language} operation, not ${shown(issue.input)}`;
    const { input } = issue;
    return input === undefined ? `is missing: the name of ${language} operation` : `there is no ${language.replace(/^an? /, '')} operation ${shown(input)}${typeof input === 'string' && input.length <= LIMITS.name ? nearest(input, names) : ''}`;
  });
  return one;
}

const intent = optional(flag('the access means private memory; matters in VMs whose guest says so (confidential)'));

const guestOperations = operations([
  op('read', 'the guest reads a page', { page, any, private: intent }),
  op('write', 'the guest writes a page', { page, any, value: optional(value('what it writes; 1 when left out')), private: intent }),
  op('fill', 'the guest writes each page of a range', { page, pages: whole(1, LIMITS.pages, 'pages', 'pages'), value: value('what it writes'), private: intent }),
  op('check', 'the guest reads a page that must have this content', { page, value: value('what it must read'), private: intent }),
  op('convert', 'the guest asks for a conversion (KVM_HC_MAP_GPA_RANGE)', {
    page, pages: whole(1, LIMITS.pages, 'pages', 'pages'), to: word(['private', 'shared'], 'what the pages become'),
  }),
  op('map_gpa_range', 'the hypercall of `convert` with its registers as they are, for what KVM refuses', {
    gpa: u64('address in bytes'), npages: u64('pages'), attributes: u64('16 private, 0 shared; low bits are the page size'),
  }),
  op('speculate', 'the CPU loads a TLB entry that nobody asked for, if the page table has one', { page, any }),
  op('evict', 'the CPU drops a TLB entry for want of room', { page, any }),
], 'a guest');

const onPage: Entries = { fd: optional(name('file that the page belongs to')), memory: optional(name('memory region that it belongs to')), page, any };
const hardwareOperations = operations([
  op('memory_error', 'a page frame loses its content: machine check, memory_failure()', {
    ...onPage, thread: optional(name('thread whose access has consumed the error; nobody when left out')),
    early_kill: optional(flag('processes that map the page get their signal at once')), expect: expectation,
  }),
  op('interrupt', 'an interrupt for the CPU of a vCPU', { vcpu: numberOrName('the vCPU') }),
  op('signal', 'a signal for a VMM thread', { thread: name('the thread'), number: optional(whole(1, 64, 'number of the signal; 10 when left out')) }),
  op('pin', 'a device takes a reference on a page', onPage),
  op('unpin', 'the device drops it', onPage),
  op('fail_allocation', 'an allocation of the kernel fails', { after: optional(whole(0, LIMITS.times, 'how many succeed before', 'times')) }),
  op('fail_arch_prepare', 'the architecture refuses a memslot', { after: optional(whole(0, LIMITS.times, 'how many it accepts before', 'times')) }),
  op('lru_drain', 'the per-CPU batches of the LRU drop their references'),
], 'a hardware');

/** Bits as a value, or as a list of their names. */
function flags(names: readonly string[], description: string): Schema {
  const message = ({ input }: v.BaseIssue<unknown>): string => (Array.isArray(input)
    ? `has no flag ${shown(input.find((one) => !names.includes(one as string)))}; there are ${names.join(', ')}`
    : `must be a 64-bit value or a list of flags: ${names.join(', ')}; not ${shown(input)}`);
  return v.pipe(
    v.union([u64(description), list(word(names, 'flag'), 'flags', 0, names.length, 'nodes')], message),
    v.description(`${description}; or names: ${names.join(', ')}`),
  );
}

/** Schema of a call's argument. */
function argumentSchema(call: Call, argument: Argument): Schema {
  const { description } = argument;
  switch (argument.type) {
    case 'vm': case 'vcpu': return numberOrName(description);
    case 'newFd': return name(description);
    case 'fd': return v.pipe(v.union([name(description), v.literal(-1)], (issue) => `must be the name of a descriptor, or -1 for none, not ${shown(issue.input)}`), v.description(description));
    case 'region': return name(description);
    default: {
      const names = flagNames(call, argument);
      if (names === undefined) return u64(description);
      return flags(Object.keys(names), description);
    }
  }
}

function callOperation(call: Call): Operation {
  const entries: Entries = {};
  for (const argument of call.arguments) entries[argument.name] = optional(argumentSchema(call, argument));
  for (const { name: short, stands, kind } of sugarOf(call)) {
    entries[short] = optional(kind === 'region' ? name(`memory region that \`${stands}\` is in`)
      : kind === 'state' ? word(['private', 'shared'], `what \`${stands}\` say`) : u64(`\`${stands}\` in pages`));
  }
  return op(call.name, call.description, { ...entries, expect: expectation, again: repetition });
}

const vmmOperations = (calls: readonly Call[]): Schema => operations([
  ...calls.map(callOperation),
  op('punch', 'punches a hole: fallocate with mode 3', { fd: name('file'), page, pages: u64('pages'), expect: expectation, again: repetition }),
  op('allocate', 'allocates: fallocate with mode 1', { fd: name('file'), page, pages: u64('pages'), expect: expectation, again: repetition }),
  op('run', 'runs a vCPU until its exits end the run (KVM_RUN)', {
    vcpu: optional(numberOrName("the vCPU; the thread's own when left out")),
    policy: optional(word([...DECISIONS, 'ask'], "what to do with exits; the vCPU's policy when left out")),
  }),
  op('host_read', 'reads a page of host memory through its mapping', { memory: name('region'), page: whole(0, LIMITS.pages, 'page of the region', 'pages'), any, value: optional(value('what it must read')) }),
  op('host_write', 'writes a page of host memory through its mapping', { memory: name('region'), page: whole(0, LIMITS.pages, 'page of the region', 'pages'), any, value: value('what it writes') }),
], 'a VMM');

interface Made {
  readonly schema: Schema;
  /** The languages, by the names that the JSON Schema gives them. */
  readonly definitions: Readonly<Record<string, Schema>>;
  /** What a command is, by language. */
  readonly commands: Readonly<Record<LanguageName, Schema>>;
}

/** Who speaks what. */
export type LanguageName = 'guest' | 'vmm' | 'hardware';

function makeSchema(calls: readonly Call[]): Made {
  const vmm = vmmOperations(scenarioCalls(calls));
  const program = (item: Schema, description: string): Schema => list(v.lazy(() => item), description, 0, LIMITS.instructions, 'instructions');
  const policy = optional(word([...DECISIONS, 'ask'], 'what its thread does with its exits: `stop` ends the run, `retry` enters again, `convert` converts as asked and enters again, `ask` asks the outside'));
  const commands = optional(only(true, 'takes its instructions from outside while the run goes on, instead of having a program'));
  const schema = object({
    $schema: optional(text('address of the JSON Schema, for editors')),
    name: name('name of the scenario'),
    title: optional(text('a few words')),
    shows: optional(text('one sentence of what it shows')),
    about: optional(list(property, 'properties that it is about', 0, 64, 'nodes')),
    privacy: optional(v.pipe(v.array(word(['attribute', 'memslot', 'allocation'], 'what makes a page private', 'one of: attribute, memslot, allocation'), 'must be a list'), v.description('what makes a page private in the kernels that it is for; any when left out'))),
    frames: optional(whole(1, LIMITS.frames, 'page frames of the machine; enough for everything when left out', 'frames')),
    slotIds: optional(whole(1, 32_768, 'slot ids that the table of slots has room for')),
    slots: optional(whole(1, 3 * LIMITS.slots, 'memslot objects')),
    files: optional(whole(1, LIMITS.files, 'guest_memfd files at a time', 'files')),
    vms: list(object({
      type: optional(word(['default', 'sw-protected', 'confidential'], '`sw-protected` when left out; in a `confidential` VM the guest says what each access means')),
      vcpus: optional(list(object({
        program: optional(program(guestOperations, 'program of the guest; then it halts')),
        policy,
        thread: optional(program(vmm, 'program of the thread that runs it; one `run` when left out')),
        commands,
      }, 'a vCPU'), 'vCPUs', 0, LIMITS.vcpus, 'vcpus')),
    }, 'a VM'), 'virtual machines: vm0, vm1, …', 1, LIMITS.vms, 'vms'),
    memory: optional(list(object({
      name: name('name of the region'), pages: whole(1, LIMITS.pages, 'pages', 'pages'), huge: optional(flag('of huge pages, scaled down to four pages each')),
      mapped: optional(flag('mapped when the run begins, as it is when left out; else a call maps it, `anon` or `mmap`')),
    }, 'a region of host memory'), 'memory that the VMM shares with guests, region behind region', 0, LIMITS.regions, 'regions')),
    setup: optional(program(vmm, 'what the VMM does before the run begins')),
    threads: optional(list(object({ name: name('name of the thread'), program: optional(program(vmm, 'what it does')), commands }, 'a thread of the VMM'), 'threads of the VMM beside those of the vCPUs', 0, LIMITS.threads, 'threads')),
    hardware: optional(list(object({ name: name('name of the program'), program: optional(program(hardwareOperations, 'what happens')), commands }, 'a program of the hardware'), 'what hardware does: memory errors, interrupts, pins', 0, LIMITS.hardware, 'hardware')),
    placement: optional(v.pipe(v.record(v.string(), whole(0, LIMITS.workers - 1, 'number of a worker thread, from 0', 'workers')), v.description('worker thread of an actor, by its name, on the runtime `threads`'))),
  }, 'a scenario of faultline');
  const commanded = (item: Schema): Schema => program(item, 'a command');
  return {
    schema, definitions: { guestOperation: guestOperations, vmmOperation: vmm, hardwareOperation: hardwareOperations },
    commands: { guest: commanded(guestOperations), vmm: commanded(vmm), hardware: commanded(hardwareOperations) },
  };
}

const made = new WeakMap<readonly Call[], Made>();

function schemaFor(calls: readonly Call[]): Made {
  let result = made.get(calls);
  if (result === undefined) made.set(calls, result = makeSchema(calls));
  return result;
}

/** The schema for a kernel's calls. */
export const scenarioSchema = (calls: readonly Call[]): Schema => schemaFor(calls).schema;

/** The schema of the operations of a command. */
export const commandSchema = (calls: readonly Call[], language: LanguageName): Schema => schemaFor(calls).commands[language];

/** The same as JSON Schema, for editors and other tools. */
export function scenarioJsonSchema(calls: readonly Call[]): object {
  const { schema, definitions } = schemaFor(calls);
  return {
    ...toJsonSchema(schema, { target: 'draft-2020-12', errorMode: 'throw', definitions }),
    title: 'faultline scenario',
  };
}
