// The whole program: the fixed parts with the scenario's own between them.

import type { Call } from '../../memory/calls.ts';
import { scenarioCalls } from '../../memory/calls.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Scenario, VmType } from '../../scenario/types.ts';
import { guestProgram, hardwareProgram, isEndless, touchedPages, vmmProgram, type Writing } from './programs.ts';
import { Places } from './places.ts';
import { commented, constant, PAGE, quoted, symbol } from './values.ts';
import type { WindowCall } from './window.ts';

/** What the program says of the run that it was made of. */
export interface Origin { readonly kernel: string; readonly ending: string; readonly window: readonly WindowCall[] }

/** The fixed parts: before the scenario's own, and behind it. */
export interface Parts { readonly before: readonly string[]; readonly behind: string }

const TYPES: Readonly<Record<VmType, number>> = { default: 0, 'sw-protected': 1, confidential: 1 };

const INCLUDES = ['errno.h', 'fcntl.h', 'linux/fs.h', 'linux/kvm.h', 'pthread.h', 'sched.h', 'setjmp.h', 'signal.h', 'stdatomic.h', 'stdbool.h', 'stdint.h', 'stdio.h', 'stdlib.h',
  'string.h', 'sys/ioctl.h', 'sys/mman.h', 'sys/stat.h', 'time.h', 'unistd.h'];

interface Actor { readonly name: string; readonly lines: readonly string[]; readonly endless: boolean; readonly vcpu: number }

/** Descriptors that a scenario names. */
function descriptors(calls: readonly Call[], ops: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(ops)) for (const one of ops) descriptors(calls, one, found);
  else if (typeof ops === 'object' && ops !== null) {
    const { op, ...members } = ops as { op?: unknown } & Record<string, unknown>;
    const call = calls.find(({ name }) => name === op);
    for (const { name, type } of call?.arguments ?? []) if ((type === 'fd' || type === 'newFd') && typeof members[name] === 'string') found.add(members[name] as string);
    if (typeof members['fd'] === 'string') found.add(members['fd'] as string);
    for (const value of Object.values(members)) if (typeof value === 'object') descriptors(calls, value, found);
  }
  return found;
}

/** Slot ids that a scenario names. */
function slotIds(ops: unknown, found = new Set<number>()): Set<number> {
  if (Array.isArray(ops)) for (const one of ops) slotIds(one, found);
  else if (typeof ops === 'object' && ops !== null) {
    const slot = (ops as { slot?: unknown }).slot;
    if (slot !== undefined) found.add(Number(slot));
    for (const value of Object.values(ops)) if (typeof value === 'object') slotIds(value, found);
  }
  return found;
}

/** A table; C has no empty ones. */
const table = (head: string, rows: readonly string[]): string[] => [`${head} = {`, ...(rows.length === 0 ? ['\t{ 0 },'] : rows), '};'];
const names = (list: readonly string[]): string[] => (list.length === 0 ? [] : [`enum { ${list.join(', ')} };`]);

/** Writes the program of a scenario. */
export function cProgram(scenario: Scenario, kernel: Kernel, { kernel: kernelName, ending, window }: Origin, { before, behind }: Parts): string {
  const calls = scenarioCalls(kernel.calls);
  const writing: Writing = { calls, places: new Places(), events: new Set(), leftOut: new Set(), decisive: false };
  const at = (who: string, vcpu = -1, policy = 'stop'): Parameters<typeof vmmProgram>[1] => ({ who, indent: '\t', depth: 0, vcpu, policy });
  const { memory = [], vms } = scenario;
  const vcpus = vms.flatMap(({ vcpus: own = [] }, vm) => own.map((one) => ({ ...one, vm })));

  const setup = vmmProgram(scenario.setup ?? [], at('set-up'), writing, true);
  const actors: Actor[] = [
    ...vcpus.map(({ program = [], thread, policy = 'stop' }, i): Actor => ({
      name: `cpu${i}`, vcpu: i, lines: vmmProgram(thread ?? [{ op: 'run' }], at(`cpu${i}`, i, policy), writing), endless: isEndless(thread ?? []) || isEndless(program),
    })),
    ...(scenario.threads ?? []).map(({ name, program = [] }): Actor => ({ name, vcpu: -1, lines: vmmProgram(program, at(name), writing), endless: isEndless(program) })),
    ...(scenario.hardware ?? []).map(({ name, program = [] }): Actor => ({ name, vcpu: -1, lines: hardwareProgram(program, at(name), writing), endless: isEndless(program) })),
  ];
  const guests = vcpus.map(({ program = [] }) => guestProgram(program, at(''), writing));
  for (const { name, commands } of [...(scenario.threads ?? []), ...(scenario.hardware ?? [])]) if (commands) writing.leftOut.add(`${name}: it takes commands from outside, of which there are none`);
  if (memory.some(({ huge }) => huge)) writing.leftOut.add('huge pages: regions have the pages that the scenario has, four of which stand for a huge one');
  if (vms.some(({ type }) => type === 'confidential')) writing.leftOut.add('a confidential VM: it is a software-protected one, in which an access means what the attribute says');
  const rest = writing.places.list.length;
  writing.places.add('at rest', 'what a guest writes stays when its slot is made anew', 'rest', 'ok');
  writing.places.add('guests', 'a check of content', 'check', 'ok');

  const files = [...descriptors(calls, [scenario.setup, scenario.vms, scenario.threads, scenario.hardware])];
  const touched = vcpus.flatMap(({ program = [] }, i) => [...touchedPages(program)].filter((page) => page * PAGE < 0xd000_0000n).slice(0, 64).map((page) => `\t{ ${i}, ${constant(page)} },`));
  const used = slotIds([scenario.setup, scenario.vms, scenario.threads]);
  const ownSlot = [...Array(SLOT_CHOICES).keys()].map((k) => SLOT_CHOICES - k).find((id) => !used.has(id))!;
  // A memory error is not sent as a call is.
  const inWindow = (who: string, call: string): boolean => window.some((one) => one.thread === who && (one.call === call || call === 'memory_error'));
  const waits = ({ who, call }: { who: string; call: string }): boolean => (window.length === 0 ? who !== 'set-up' && call !== 'rest' && call !== 'check' : inWindow(who, call));
  const told = writing.places.list.filter(waits).map(({ who, what }) => `${who}: ${what}`);
  const said = [
    `${scenario.name}: ${scenario.title ?? ''}`, ...(scenario.shows === undefined ? [] : [scenario.shows]),
    `Made of a run of the model's kernel ${kernelName}, which ${ending}.`,
    `Each round makes the system anew and starts ${actors.length} threads at once: ${actors.map(({ name }) => name).join(', ')}.`,
    ...(told.length === 0 ? [] : ['These calls wait for up to 200 us each, by chance, before they are made:', ...told.map((one) => `  ${one}`)]),
    'Held against the scenario is what calls must answer, content that is read, and that what a guest writes at rest stays.',
    ...(writing.leftOut.size === 0 ? [] : ['Left out, since a process cannot do it:', ...[...writing.leftOut].map((one) => `  ${one}`)]),
  ];
  const flat = JSON.stringify([scenario.setup, scenario.threads, scenario.vms]);

  return [
    '/*', ...said.map((one) => ` * ${commented(one)}`.trimEnd()), ' *',
    ' * cc -std=gnu11 -O1 -Wall -Wextra -pthread -o reproducer reproducer.c && ./reproducer', ' *',
    ' * It needs Linux on x86-64 and /dev/kvm. On a kernel that has the bug it may damage the machine: run it where that does not matter.', ' */',
    '#define _GNU_SOURCE', ...INCLUDES.map((one) => `#include <${one}>`), '',
    `enum { PLACES = ${writing.places.list.length}, VMS = ${vms.length}, FDS = ${files.length}, MEMORIES = ${memory.length}, VCPUS = ${vcpus.length}, ACTORS = ${actors.length}, TOUCHED = ${touched.length} };`,
    `enum { OWN_SLOT = ${ownSlot}, REST_PLACE = ${rest}, NEEDS_GMEM = ${flat.includes('"create_gmem"') ? 1 : 0}, NEEDS_ATTRIBUTES = ${flat.includes('"set_attributes"') ? 1 : 0}, NEEDS_TYPES = ${vms.some(({ type }) => type !== undefined) ? 1 : 0}, NEEDS_HARDWARE = ${writing.decisive ? 1 : 0} };`,
    ...names(files.map((one) => symbol('FD', one))), ...names(memory.map(({ name }) => symbol('MEMORY', name))), ...names([...writing.events].map((one) => symbol('EVENT', one))), '',
    ...before.flatMap((part) => [part.trimEnd(), '']),
    '/* The scenario. */', '',
    ...table('static struct place places[PLACES]', writing.places.rows(waits)),
    ...table('static struct memory memory[MEMORIES + 1]', memory.map(({ name, pages, mapped }) => `\t{ .name = ${quoted(name)}, .size = ${pages} * PAGE, .mapped = ${mapped !== false} },`)),
    `static int vms[VMS] = { ${vms.map(() => -1).join(', ')} };`,
    `static const int wanted_types[VMS] = { ${vms.map(({ type = 'sw-protected' }) => TYPES[type]).join(', ')} };`,
    'static int fds[FDS + 1];', 'static struct slot slots[VMS][SLOTS];',
    ...table('static struct vcpu vcpus[VCPUS + 1]', vcpus.map(({ vm }, i) => `\t{ .name = "vcpu${i}", .vm = ${vm}, .fd = -1 },`)),
    ...table('static const struct touched touched[TOUCHED + 1]', touched), '',
    'static bool setup(void)', '{', ...setup, '\treturn true;', '}', '',
    ...actors.flatMap(({ name, lines }) => [`static void ${symbol('thread', name)}(void)`, '{', ...lines, '}', '']),
    ...guests.flatMap((lines, i) => [`static void guest_vcpu${i}(struct vcpu *vcpu)`, '{', ...(lines.some((one) => one.includes('start = ')) ? ['\tuint32_t start;', ''] : []),
      ...(lines.length === 0 ? ['\t(void)vcpu;'] : lines), '}', '']),
    'static void make_guests(void)', '{',
    ...guests.flatMap((_lines, i) => [`\tvcpus[${i}].next = 0;`, `\tguest_vcpu${i}(&vcpus[${i}]);`, `\tguest_halt(&vcpus[${i}]);`, `\tbegin_at(&vcpus[${i}], 0);`]), '}', '',
    ...table('static struct actor actors[ACTORS + 1]', actors.map(({ name, endless, vcpu }) => `\t{ .name = ${quoted(name)}, .program = ${symbol('thread', name)}, .endless = ${endless}, .vcpu = ${vcpu} },`)), '',
    'static const char about[] =', ...said.map((one, i) => `\t${quoted(one).slice(0, -1)}\\n"${i === said.length - 1 ? ';' : ''}`), '',
    behind.trimEnd(), '',
  ].join('\n');
}

/** The guests' own memory has the highest slot id that the scenario leaves free, of so many. */
const SLOT_CHOICES = 500;
