// A generator of cases: sequences of calls and accesses on few VMs, files and mappings, which therefore meet. What is drawn are moves, small
// numbers that choose among what there is when their turn comes; so a sequence from which moves are taken out is a sequence still.

import fc from 'fast-check';
import type { Step, Value } from '../../src/conform/recording.ts';

const PAGE = 4096;
/** Where the slots of drawn cases lie. */
const GPA = 0x1_0000_0000;

/** What a move has to choose by: first choices are plain ones, so that shrinking leads to them. */
export interface Move { readonly kind: string; readonly picks: readonly number[] }

/** The world as the steps before have made it, by name. */
class Made {
  readonly steps: Step[] = [];
  readonly vms: string[] = [];
  readonly files: string[] = [];
  readonly maps: string[] = [];
  private count = 0;

  name(letter: string): string {
    return `${letter}${this.count++}`;
  }
  add(op: string, args: Readonly<Record<string, Value>>): void {
    this.steps.push({ op, args });
  }
}

/** The picks of one move, in order. */
class Choice {
  private readonly picks: readonly number[];
  private next = 0;

  constructor(picks: readonly number[]) {
    this.picks = picks;
  }
  of<T>(...list: readonly T[]): T {
    return list[this.number() % list.length]!;
  }
  /** Of a list that may be empty. */
  from(list: readonly string[]): string | undefined {
    const at = this.number();
    return list.length === 0 ? undefined : list[at % list.length];
  }
  /** Bytes: whole pages, seldom others. */
  pages(most: number, ...odd: readonly Value[]): Value {
    const at = this.number();
    return at % 12 < 11 || odd.length === 0 ? (at % most) * PAGE : odd[at % odd.length]!;
  }
  /** Now and then something more. */
  seldom(more: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
    return this.number() === 59 ? more : {};
  }
  private number(): number {
    return this.picks[this.next++] ?? 0;
  }
}

type Act = (made: Made, choice: Choice) => void;

const onFile = (op: string, args: (choice: Choice) => Readonly<Record<string, Value>> = () => ({})): Act => (made, choice) => {
  const fd = choice.from(made.files);
  if (fd !== undefined) made.add(op, { fd, ...args(choice) });
};
const onMap = (op: string, args: (choice: Choice) => Readonly<Record<string, Value>>): Act => (made, choice) => {
  const map = choice.from(made.maps);
  if (map !== undefined) made.add(op, { map, ...args(choice) });
};
const bytes = (choice: Choice): Record<string, Value> => ({ off: Number(choice.pages(9)) + choice.of(0, 0, 0, 1, PAGE - 1), len: choice.of(1, PAGE, 2, 2 * PAGE, PAGE + 1, 5) });
const written = (choice: Choice): Record<string, Value> => ({ ...bytes(choice), value: choice.of(1, 2, 170, 255, 0) });
const range = (choice: Choice): Record<string, Value> => ({ off: choice.pages(8, 1, 100), len: choice.of<Value>(PAGE, 2 * PAGE, 4 * PAGE, 8 * PAGE, 1, 0) });

const region = (made: Made, choice: Choice): Record<string, Value> | undefined => {
  const vm = choice.from(made.vms);
  return vm === undefined ? undefined : {
    vm, slot: choice.of(1, 2, 3, 1, 2, 0, 65_537, 32_764), flags: choice.of(4, 4, 4, 4, 0, 1, 2, 6, 8),
    gpa: GPA + Number(choice.pages(6, 1)), size: choice.of<Value>(PAGE, 2 * PAGE, 4 * PAGE, 0, 3 * PAGE, PAGE + 1), hva: choice.from(['', ...made.maps, ...made.maps.map((map) => `${map}+${PAGE}`)]) || choice.of<Value>(0, 0, 1, '0xffffffffffffe000'),
    ...choice.seldom({ badptr: 1 }),
  };
};

/** What a move does, and how often it is drawn. */
const ACTS: Readonly<Record<string, readonly [weight: number, act: Act]>> = {
  create_vm: [1, (made, choice) => {
    const as = made.name('v');
    made.add('create_vm', { type: choice.of(0, 0, 0, 7), as });
    made.vms.push(as);
  }],
  create_gmem: [6, (made, choice) => {
    const vm = choice.from(made.vms);
    if (vm === undefined) return;
    const as = made.name('g');
    made.add('create_gmem', { vm, size: choice.of<Value>(8 * PAGE, 4 * PAGE, PAGE, 2 * PAGE, 8 * PAGE, 4 * PAGE, PAGE + 1, 0, '0x8000000000000000'), flags: choice.of(3, 1, 0, 3, 3, 2, 4), ...choice.seldom({ reserved: 1 }), ...choice.seldom({ badptr: 1 }), as });
    made.files.push(as);
  }],
  make_file: [1, (made, choice) => {
    const as = made.name('x');
    const kind = choice.of('memfd', 'pipe', 'eventfd', 'devnull', 'devzero');
    made.add('make_file', { kind, ...(kind === 'memfd' ? { size: 8 * PAGE } : {}), as });
    made.files.push(as);
  }],
  mmap: [6, (made, choice) => {
    const fd = choice.from([...made.files, ...made.vms]);
    if (fd === undefined) return;
    const as = made.name('m');
    made.add('mmap', { fd, len: choice.of<Value>(8 * PAGE, 4 * PAGE, PAGE, 2 * PAGE, 16 * PAGE, 1, 0), prot: choice.of(3, 1, 0, 3, 5), flags: choice.of(1, 1, 1, 1, 2, 0, 3, 32_769), offset: choice.pages(6, 1), as });
    made.maps.push(as);
  }],
  anon: [2, (made, choice) => {
    const as = made.name('a');
    made.add('anon', { len: choice.of(8 * PAGE, 4 * PAGE), as });
    made.maps.push(as);
  }],
  set_region2: [12, (made, choice) => {
    const args = region(made, choice);
    if (args !== undefined) made.add('set_region2', { ...args, fd: choice.from([...made.files, ...made.files, ...made.vms]) ?? -1, offset: choice.pages(9, 1, '0xfffffffffffff000'), ...choice.seldom({ pad: 1 }) });
  }],
  set_region: [2, (made, choice) => {
    const args = region(made, choice);
    if (args !== undefined) made.add('set_region', args);
  }],
  fallocate: [8, onFile('fallocate', (choice) => ({ mode: choice.of(3, 1, 3, 1, 2, 0, 16), offset: choice.pages(9, 1, -PAGE), len: choice.pages(10, 1, -1, '0x7ffffffffffff000') }))],
  host_read: [10, onMap('host_read', bytes)],
  host_write: [10, onMap('host_write', written)],
  fork_read: [1, onMap('fork_read', bytes)],
  fork_write: [1, onMap('fork_write', written)],
  copy_from: [1, onMap('copy_from', bytes)],
  copy_to: [1, onMap('copy_to', bytes)],
  vmsplice: [1, onMap('vmsplice', bytes)],
  pvm_read: [1, onMap('pvm_read', bytes)],
  munmap: [2, onMap('munmap', range)],
  mprotect: [3, onMap('mprotect', (choice) => ({ ...range(choice), prot: choice.of(1, 3, 0, 5) }))],
  madvise: [3, onMap('madvise', (choice) => ({ ...range(choice), advice: choice.of(4, 9, 22, 23, 3, 0, 8, 15, 99) }))],
  mincore: [3, onMap('mincore', range)],
  close: [3, (made, choice) => {
    const fd = choice.from([...made.files, ...made.files, ...made.vms]);
    if (fd !== undefined) made.add('close', { fd });
  }],
  dup: [2, (made, choice) => {
    const fd = choice.from(made.files);
    if (fd === undefined) return;
    const as = made.name('d');
    made.add('dup', { fd, as });
    made.files.push(as);
  }],
  child: [1, (made, choice) => {
    const fd = choice.from(made.files);
    if (fd !== undefined) made.add('child', { step: choice.of<{ op: string; args: Record<string, Value> }>({ op: 'close', args: { fd } }, { op: 'fallocate', args: { fd, mode: 3, offset: 0, len: 2 * PAGE } }, { op: 'fstat', args: { fd } }) });
  }],
  mlock: [1, onMap('mlock', range)],
  msync: [1, onMap('msync', range)],
  ask: [2, (made, choice) => {
    const fd = choice.from([...made.files, ...made.vms, 'kvm']);
    // Whether /dev/kvm closes on exec is the recorder's choice.
    if (fd !== undefined) made.add(choice.of('fstat', 'fstatfs', 'getfl', fd === 'kvm' ? 'fstat' : 'getfd'), { fd });
  }],
  fstat: [1, onFile('fstat')],
  ftruncate: [1, onFile('ftruncate', (choice) => ({ len: choice.of(0, PAGE, -1) }))],
  read: [1, onFile('pread', (choice) => ({ len: choice.of(0, 16), offset: choice.of(0, -1) }))],
  lseek: [1, onFile('lseek', (choice) => ({ offset: 0, whence: choice.of(0, 1, 2, 3, 9) }))],
  get_dirty_log: [1, (made, choice) => {
    const vm = choice.from(made.vms);
    if (vm !== undefined) made.add('get_dirty_log', { vm, slot: choice.of(1, 2, 0, 40_000) });
  }],
  set_attr: [1, (made, choice) => {
    const vm = choice.from(made.vms);
    if (vm !== undefined) made.add('set_attr', { vm, gpa: GPA, size: PAGE, attrs: choice.of(8, 0), flags: 0 });
  }],
};

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(...Object.entries(ACTS).map(([kind, [weight]]) => ({ weight, arbitrary: fc.constant(kind) }))),
  picks: fc.array(fc.nat(59), { minLength: 10, maxLength: 10 }),
});

/** The steps that moves come to; the first makes a VM. */
export function stepsOf(moves: readonly Move[]): Step[] {
  const made = new Made();
  ACTS['create_vm']![1](made, new Choice([]));
  for (const { kind, picks } of moves) ACTS[kind]![1](made, new Choice(picks));
  return made.steps;
}

/** Steps of cases, `most` moves long at most. */
export const cases = (most: number): fc.Arbitrary<Step[]> => fc.array(move, { minLength: 1, maxLength: most, size: 'max' }).map(stepsOf);
