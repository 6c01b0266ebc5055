// Programs of threads, hardware and guests as C functions.

import type { Call } from '../../memory/calls.ts';
import type { Await, CallOp, GuestOp, HardwareOp, HostRead, HostWrite, Loop, MemoryError, Mix, Notify, PunchOrAllocate, Run, VmmOp } from '../../scenario/types.ts';
import { callText, numbered } from './calls.ts';
import type { Places } from './places.ts';
import { bits, constant, PAGE, symbol } from './values.ts';

/** What a program is written with. */
export interface Writing {
  readonly calls: readonly Call[];
  readonly places: Places;
  readonly events: Set<string>;
  /** What of the scenario the program cannot do, with the reason. */
  readonly leftOut: Set<string>;
  /** Something that decides what calls answer is left out. */
  decisive: boolean;
}

/** Who does it, and where a line stands. */
interface At { readonly who: string; readonly indent: string; readonly depth: number; readonly vcpu: number; readonly policy: string }

type AnyOp = VmmOp | GuestOp | HardwareOp;

const inner = (at: At): At => ({ ...at, indent: `${at.indent}\t`, depth: at.depth + 1 });

/** Loops, choices and events, which all languages have; nothing for other operations. */
function control<Op extends AnyOp>(op: Op, at: At, writing: Writing, body: (ops: readonly Op[], at: At) => string[], guest: boolean): string[] | undefined {
  const { indent, depth } = at;
  switch (op.op) {
    case 'loop': {
      const { times, forever, do: ops } = op as unknown as Loop<Op>;
      if (forever === true && guest) return [`${indent}start = vcpu->next;`, ...body(ops, at), `${indent}guest_again(vcpu, start);`];
      const go = guest ? '' : '!atomic_load(&stopping)';
      const head = forever === true ? `while (${go}) {` : `for (int i${depth} = 0; i${depth} < ${times}${guest ? ' && has_room(vcpu, 64)' : ` && ${go}`}; i${depth}++) {`;
      return [`${indent}${head}`, ...body(ops, inner(at)), `${indent}}`];
    }
    case 'mix': {
      const { of } = op as unknown as Mix<Op>;
      const total = of.reduce((sum, { weight = 1 }) => sum + weight, 0);
      const lines = [`${indent}{`, `${indent}\tuint32_t way${depth} = any_of(${total});`, ''];
      let limit = 0;
      of.forEach(({ weight = 1, do: ops }, i) => {
        limit += weight;
        lines.push(`${indent}\t${i === 0 ? '' : '} else '}if (way${depth} < ${limit}) {`, ...body(ops, inner(inner(at))));
      });
      return [...lines, `${indent}\t}`, `${indent}}`];
    }
    case 'notify': case 'await': {
      const { event } = op as unknown as Notify | Await;
      writing.events.add(event);
      return [`${indent}${guest ? 'guest_' : ''}${op.op}(${guest ? 'vcpu, ' : ''}${symbol('EVENT', event)});`];
    }
    default: return undefined;
  }
}

const withAny = (page: bigint, any: number | undefined): string => (any === undefined || any === 1 ? constant(page) : `${constant(page)} + any_of(${any})`);
const pagesText = (page: unknown, pages: unknown): string => `page ${String(page)}${pages === undefined || Number(pages) === 1 ? '' : `, ${String(pages)} pages`}`;

/** One call: waits, calls, counts. */
function made(place: number, text: string, needs: 'vcpus' | 'attributes' | undefined, { indent }: At, must: boolean, again?: string): string[] {
  const lines = must
    ? [`if (!expected(${place}, ${text}))`, '\treturn false;']
    : again !== undefined ? ['do', `\tbefore(${place});`, `while (after(${place}, ${text}) < 0 && errno == ${again} && !stopping);`]
    : [`before(${place});`, `after(${place}, ${text});`];
  if (needs === undefined) return lines.map((one) => `${indent}${one}`);
  return [`${indent}if (with_${needs}) {`, ...lines.map((one) => `${indent}\t${one}`), `${indent}}`];
}

/** What a call is about, in a few words. */
function about(op: CallOp): string {
  const words = Object.entries(op).filter(([name]) => name !== 'op' && name !== 'expect' && name !== 'again').map(([name, value]) => `${name} ${Array.isArray(value) ? value.join('|') : String(value)}`);
  const text = [op.op, ...words].join(' ');
  return text.length > 44 ? `${text.slice(0, 41)}...` : text;
}

/** Programs of threads. `must`: the set-up, each of whose calls must come to what is expected, `ok` when nothing is said. */
export function vmmProgram(ops: readonly VmmOp[], at: At, writing: Writing, must = false): string[] {
  const { places, calls, leftOut } = writing;
  return ops.flatMap((op): string[] => {
    const controlled = control(op, at, writing, (more, where) => vmmProgram(more, where, writing, must), false);
    if (controlled !== undefined) return controlled;
    switch (op.op) {
      case 'punch': case 'allocate': {
        const { fd, page, pages, expect, again } = op as PunchOrAllocate;
        const place = places.add(at.who, `${op.op} ${fd}, ${pagesText(page, pages)}`, 'fallocate', must ? expect ?? 'ok' : expect);
        const range = `${constant(BigInt.asUintN(64, bits(page) * PAGE))}, ${constant(BigInt.asUintN(64, bits(pages) * PAGE))}`;
        return made(place, `call_fallocate(fds[${symbol('FD', fd)}], ${op.op === 'punch' ? 3 : 1}, ${range})`, undefined, at, must, again);
      }
      case 'run': {
        const { vcpu = at.vcpu, policy = at.policy } = op as Run;
        const place = places.add(at.who, `KVM_RUN vcpu${numbered(vcpu)}`, 'KVM_RUN');
        return [`${at.indent}run_vcpu(${place}, &vcpus[${numbered(vcpu)}], ${policy === 'ask' ? 'STOP' : policy.toUpperCase()});`];
      }
      case 'host_read': case 'host_write': {
        const { memory, page, any, value } = op as HostRead | HostWrite;
        const place = places.add(at.who, `${op.op.replace('_', ' ')} ${memory}, page ${page}`, op.op);
        return [`${at.indent}${op.op}(${place}, ${symbol('MEMORY', memory)}, ${withAny(BigInt(page), any)}, ${value ?? -1});`];
      }
      default: {
        const call = calls.find(({ name }) => name === op.op);
        const text = call === undefined ? undefined : callText(call, op as CallOp);
        if (text === undefined) {
          leftOut.add(`${op.op}: this program does not know the call`);
          writing.decisive = true;
          return [`${at.indent}/* left out: ${op.op} */`];
        }
        const { expect, again } = op as CallOp;
        return made(places.add(at.who, about(op as CallOp), op.op, must ? expect ?? 'ok' : expect), text.text, text.needs, at, must, again);
      }
    }
  });
}

/** Programs of hardware: what a process can bring about. */
export function hardwareProgram(ops: readonly HardwareOp[], at: At, writing: Writing): string[] {
  const { places, leftOut } = writing;
  return ops.flatMap((op): string[] => {
    const controlled = control(op, at, writing, (more, where) => hardwareProgram(more, where, writing), false);
    if (controlled !== undefined) return controlled;
    switch (op.op) {
      case 'interrupt': return [`${at.indent}send_signal("cpu${numbered(op.vcpu)}");`];
      case 'signal': return [`${at.indent}send_signal("${op.thread}");`];
      case 'memory_error': {
        const { memory, fd, page, any } = op as MemoryError;
        const place = places.add(at.who, `memory error in ${memory ?? fd ?? ''}, page ${String(page)} (--poison)`, 'memory_error');
        const struck = withAny(bits(page), any);
        const text = memory === undefined ? `call_file_poison(fds[${symbol('FD', fd!)}], ${struck})` : `call_madvise(hva(${symbol('MEMORY', memory)}, (${struck}) * PAGE), PAGE, MADV_HWPOISON)`;
        leftOut.add('memory errors, unless --poison asks for them; in a file only where it can be mapped');
        writing.decisive = true;
        return [`${at.indent}before(${place});`, `${at.indent}after(${place}, ${text});`];
      }
    }
    writing.decisive = true;
    leftOut.add(`${op.op}: only the machine itself does that`);
    return [`${at.indent}/* left out: ${op.op} */`];
  });
}

/** What makes the code of a guest. */
export function guestProgram(ops: readonly GuestOp[], at: At, writing: Writing): string[] {
  return ops.flatMap((op): string[] => {
    const controlled = control(op, at, writing, (more, where) => guestProgram(more, where, writing), true);
    if (controlled !== undefined) return controlled;
    switch (op.op) {
      case 'read': return [`${at.indent}guest_read(vcpu, ${withAny(bits(op.page), op.any)});`];
      case 'write': return [`${at.indent}guest_write(vcpu, ${withAny(bits(op.page), op.any)}, ${op.value ?? 1});`];
      case 'fill': return [`${at.indent}guest_fill(vcpu, ${constant(bits(op.page))}, ${op.pages}, ${op.value});`];
      case 'check': return [`${at.indent}guest_check(vcpu, ${constant(bits(op.page))}, ${op.value});`];
      case 'convert': return [`${at.indent}guest_hypercall(vcpu, ${constant(bits(op.page) * PAGE)}, ${op.pages}, ${op.to === 'private' ? 16 : 0});`];
      case 'map_gpa_range': return [`${at.indent}guest_hypercall(vcpu, ${constant(bits(op.gpa))}, ${constant(bits(op.npages))}, ${constant(bits(op.attributes))});`];
      default:
        writing.leftOut.add(`${op.op}: what a CPU does with its TLB unasked`);
        return [`${at.indent}/* left out: ${op.op} */`];
    }
  });
}

/** Does a program end by itself? */
export const isEndless = (ops: readonly AnyOp[]): boolean => ops.some((op) => (op.op === 'loop' && ((op as Loop<AnyOp>).forever === true || isEndless((op as Loop<AnyOp>).do)))
  || (op.op === 'mix' && (op as Mix<AnyOp>).of.some(({ do: more }) => isEndless(more))));

/** Pages that a guest touches, `any` of them included. */
export function touchedPages(ops: readonly GuestOp[], found = new Set<bigint>()): Set<bigint> {
  for (const op of ops) {
    if (op.op === 'loop') touchedPages((op as Loop<GuestOp>).do, found);
    else if (op.op === 'mix') for (const { do: more } of (op as Mix<GuestOp>).of) touchedPages(more, found);
    else if (op.op === 'read' || op.op === 'write' || op.op === 'check' || op.op === 'fill') {
      const pages = op.op === 'fill' ? op.pages : op.op === 'check' ? 1 : op.any ?? 1;
      for (let k = 0n; k < BigInt(pages); k++) found.add(bits(op.page) + k);
    }
  }
  return found;
}
