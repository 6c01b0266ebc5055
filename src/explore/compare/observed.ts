// A kernel that remembers what userspace, guests and hardware see of it: answers of calls, exits, signals, what reads give. It is the kernel
// itself with one ghost word for each actor, the number of its history, which the steps of userspace and of guests advance. So a search tells
// states apart that differ in what was seen on the way to them, and knows every sequence that there can be.

import { deriveKernel, type Kernel } from '../../kernel/define.ts';
import { GUEST, operand } from '../../memory/code.ts';
import { layout, type Table } from '../../memory/layout.ts';
import { KVM_EXITS, EXIT_HYPERCALL, EXIT_MEMORY_FAULT, EXIT_MMIO, MEMORY_FAULT_FLAG_PRIVATE } from '../../memory/layouts/vcpu.ts';
import { isBlocked, outcomeName } from '../../memory/outcome.ts';
import { EFAULT, EHWPOISON, ERRNO_NAMES } from '../../steps/errno.ts';
import type { Frame, Step, World } from '../../memory/world.ts';
import type { Histories } from './histories.ts';

/** Name of the ghost. */
export const HISTORY = 'observed_history';
const historyLayout = layout(HISTORY, { history: {} }, { per: ['actor'], ghost: true });

type F = Frame<{ pc: number; pick: number; hva: number; gfn: number }>;
/** Looks before a step, and says behind it, from its outcome, what was seen; nothing when nothing was. */
type Look = (world: World, f: F) => (outcome: string) => string | undefined;

const errno = (value: number): string => ERRNO_NAMES[value] ?? `errno ${value}`;
const replied = ({ mailbox }: World, f: F): number => mailbox(f.self).payload.at(0);

/** What a page's content is, in words. */
const content = ({ page }: World, pfn: number): string => {
  const { tag, value } = page(pfn);
  return `value ${value} (tag ${tag})`;
};

/** The exit of a KVM_RUN that has one. */
function exitOf({ kvm_run }: World, vcpu: number, answer: number): string {
  const { exit_reason, gfn, npages, flags, attributes } = kvm_run(vcpu);
  if (answer !== 0 && answer !== EFAULT && answer !== EHWPOISON) return '';
  const at = exit_reason === EXIT_MEMORY_FAULT || exit_reason === EXIT_HYPERCALL || exit_reason === EXIT_MMIO ? ` at page ${gfn - 1}` : '';
  const what = exit_reason === EXIT_MEMORY_FAULT ? ((flags & MEMORY_FAULT_FLAG_PRIVATE) !== 0 ? ', private' : ', shared') : exit_reason === EXIT_HYPERCALL ? `, ${npages} pages to ${attributes}` : '';
  return `, exit ${KVM_EXITS[exit_reason] ?? exit_reason}${at}${what}`;
}

const signalled: Look = ({ signal }, f) => {
  const { number, hva } = signal(f.thread);
  return () => (number === 0 ? undefined : `signal ${number}${hva === 0 ? '' : ` for host page ${hva - 1}`}`);
};

/** By step of the laboratory's userspace, guests and hardware. */
const looks: Readonly<Record<string, Look>> = {
  'vmm.receiveReply': (world, f) => {
    const call = outcomeName(world.facts.callOutcomes[operand(world.facts, f.self, f.pc, 1)]!);
    const answer = replied(world, f);
    return () => `${call} answers ${errno(answer)}`;
  },
  'vmm.receiveExit': (world, f) => {
    const answer = replied(world, f);
    const exit = exitOf(world, operand(world.facts, f.self, f.pc, 2), answer);
    return () => `KVM_RUN answers ${errno(answer)}${exit}`;
  },
  'vmm.handleSignal': signalled,
  'vmm.handleRunSignal': signalled,
  'vmm.hostAccess': (world, f) => {
    const write = operand(world.facts, f.self, f.pc, 3) !== 0;
    return (outcome) => (outcome === 'fault' || write ? undefined : `host page ${f.hva} is read: ${content(world, world.hpte(f.hva).pfn)}`);
  },
  'convert.receive': (world, f) => {
    const answer = replied(world, f);
    return () => `a call of a conversion answers ${errno(answer)}`;
  },
  'guest.execute': (world, f) => {
    const { facts } = world;
    const read = operand(facts, f.self, f.pc, 0) === GUEST.READ;
    const first = operand(facts, f.self, f.pc, 1);
    const gfn = operand(facts, f.self, f.pc, 2) > 1 ? first + f.pick - 1 : first;
    const seen = read && gfn >= first ? world.tlb(f.vcpu, gfn).pfn : 0;
    const what = seen === 0 ? '' : content(world, seen);
    return (outcome) => (outcome === 'refusedHypercall' ? 'the hypercall is refused' : read && outcome === 'ok' && seen !== 0 ? `page ${gfn} is read: ${what}` : undefined);
  },
  'hw.receiveReply': (world, f) => {
    const answer = replied(world, f);
    return () => `memory_failure() answers ${errno(answer)}`;
  },
};

/** The kernel, which remembers. Its schedules are schedules of `kernel`: no step and no state is another one. */
export function observed(kernel: Kernel, histories: Histories): Kernel {
  const steps = Object.entries(looks).flatMap(([name, look]) => {
    const step = kernel.steps.get(name) as Step<object> | undefined;
    return step === undefined ? [] : [[name, remembering(step, look, histories)] as const];
  });
  return deriveKernel(kernel, { name: kernel.name, objects: [historyLayout], steps: Object.fromEntries(steps) });
}

function remembering(step: Step<object>, look: Look, histories: Histories): Step<never> {
  return ((world: World, f: F, choose: never) => {
    const { pc } = f;
    const seen = look(world, f);
    const result = step(world as never, f as never, choose);
    if (isBlocked(result)) return result;
    const text = seen(outcomeName(result));
    if (text === undefined) return result;
    const own = (world as World & { [HISTORY]: Table<typeof historyLayout> })[HISTORY](f.self);
    own.history = histories.after(own.history, pc, text);
    return result;
  }) as unknown as Step<never>;
}

/** Number of an actor's history, as memory stands. */
export const historyOf = (objects: World, actor: number): number => (objects as World & { [HISTORY]: Table<typeof historyLayout> })[HISTORY](actor).history;
