// What calls of a drawn scenario must answer, where that does not depend on the order: S-22 then looks at them. A row names its
// conditions; where any of them fails, nothing is expected.

import type { Scenario } from '../../scenario/types.ts';
import { asOps, type AnyOp } from '../../scenario/walk.ts';
import type { Ground } from './ground.ts';

/** What else goes on in the scenario. */
interface Around {
  readonly ground: Ground;
  readonly hasGuests: boolean;
  /** How many operations of this name there are; of these members, where they are given. */
  count(op: string, members?: Readonly<Record<string, unknown>>): number;
}

type Rule = (op: AnyOp, around: Around) => string | undefined;

const isNumber = (value: unknown): value is number => typeof value === 'number';
/** The range is of pages that there are. */
const sane = ({ page, pages }: AnyOp, end: number): boolean => isNumber(page) && isNumber(pages) && pages > 0 && page + pages <= end;
/** Nothing makes a call fail that is right. */
const undisturbed = ({ count }: Around): boolean => count('signal') + count('fail_allocation') + count('fail_arch_prepare') + count('close_vm') === 0;
const staysOpen = (fd: unknown, { ground, count }: Around): boolean => ground.files.has(String(fd)) && count('close', { fd }) === 0;
const staysMapped = ({ vm }: AnyOp): boolean => vm === undefined || vm === 0;

const fileRange: Rule = (op, around) =>
  (undisturbed(around) && staysOpen(op['fd'], around) && sane(op, around.ground.files.get(String(op['fd']))!) ? 'ok' : undefined);

/** The only change of memslots in the scenario: a slot that nobody has, away from the others, with a file. */
function lonelyBind(op: AnyOp, around: Around): string | undefined {
  const { ground } = around;
  const { fd, filePage = 0, pages, page, slot } = op;
  if (slot !== 2 || (page === 0 && ground.slots.length > 0) || !isNumber(pages) || pages === 0 || !staysMapped(op) || !staysOpen(fd, around)) return undefined;
  // A VM without private memory takes no such slot.
  if (ground.type === 'default') return 'EINVAL';
  if (!isNumber(filePage) || filePage + pages > ground.files.get(String(fd))!) return 'EINVAL';
  return ground.slots.some((one) => one.fd === fd && one.filePage < filePage + pages && filePage < one.filePage + one.pages) ? 'EEXIST' : 'ok';
}

const rules: Readonly<Record<string, Rule>> = {
  punch: fileRange,
  allocate: fileRange,
  close: ({ fd }, { ground, count }) => (ground.files.has(String(fd)) && count('close', { fd }) === 1 ? 'ok' : undefined),
  set_attributes: (op, around) => (undisturbed(around) && staysMapped(op) && isNumber(op['page']) ? 'ok' : undefined),
  set_region: (op, around) => {
    if (!undisturbed(around) || around.count('set_region') !== 1) return undefined;
    const there = around.ground.slots.some(({ slot }) => slot === op['slot']);
    return op['pages'] === 0 ? (there && staysMapped(op) ? 'ok' : undefined) : lonelyBind(op, around);
  },
  // Who looks at the page meanwhile holds it, and a page that is held has not been dealt with.
  memory_error: ({ fd, page, memory }, around) => {
    const { ground, hasGuests, count } = around;
    const alone = !hasGuests && count('memory_error') === 1 && count('pin') + count('punch') + count('allocate') + count('madvise_hwpoison') === 0;
    return memory === undefined && alone && undisturbed(around) && staysOpen(fd, around) && isNumber(page) && page < ground.allocated ? 'ok' : undefined;
  },
};

/** The scenario, with what its calls must answer. */
export function expecting(scenario: Scenario, ground: Ground): Scenario {
  const { vms, threads = [], hardware = [] } = scenario;
  const all = asOps([
    ...vms.flatMap(({ vcpus = [] }) => vcpus.flatMap(({ thread = [] }) => thread)),
    ...threads.flatMap(({ program = [] }) => program), ...hardware.flatMap(({ program = [] }) => program),
  ]);
  const around: Around = {
    ground, hasGuests: vms.some(({ vcpus = [] }) => vcpus.length > 0),
    count: (op, members = {}) => all.filter((one) => one.op === op && Object.entries(members).every(([name, value]) => one[name] === value)).length,
  };
  const expect = <T extends object>(program: readonly T[]): T[] => program.map((one) => {
    const op = one as unknown as AnyOp;
    const answer = Object.hasOwn(rules, op.op) ? rules[op.op]!(op, around) : undefined;
    return answer === undefined ? one : { ...one, expect: answer };
  });
  return {
    ...scenario,
    vms: vms.map((vm) => (vm.vcpus === undefined ? vm : { ...vm, vcpus: vm.vcpus.map((vcpu) => (vcpu.thread === undefined ? vcpu : { ...vcpu, thread: expect(vcpu.thread) })) })),
    ...(scenario.threads === undefined ? {} : { threads: threads.map((one) => ({ ...one, program: expect(one.program ?? []) })) }),
    ...(scenario.hardware === undefined ? {} : { hardware: hardware.map((one) => ({ ...one, program: expect(one.program ?? []) })) }),
  };
}
