// What an entry of a file must look like: fields, operations and their arguments, handles that were made before they are used.

import { nearest } from '../kernel/nearest.ts';
import { RecordingError, shown, type Place } from './errors.ts';
import { isNumeric } from './values.ts';
import { OPERATIONS, type Kind, type Made } from './vocabulary.ts';

type Fields = Record<string, unknown>;
/** Names of handles so far, with what each stands for. */
type Handles = Map<string, Made>;

/** The open /dev/kvm, which is there from the start. */
export const KVM = 'kvm';

/** Is it an object with fields? */
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks the parts of one entry, and complains with its place. */
export class EntryCheck {
  private readonly place: Place;
  private readonly handles: Handles = new Map([[KVM, 'fd']]);

  constructor(place: Place) {
    this.place = place;
  }

  wrong(field: string, problem: string, hint = ''): never {
    throw new RecordingError(this.place, field, problem, hint);
  }

  text(value: unknown, field: string): string {
    return typeof value === 'string' && value !== '' ? value : this.wrong(field, value === undefined ? 'is missing' : `is a text, not ${shown(value)}`);
  }

  list(value: unknown, field: string): unknown[] {
    return Array.isArray(value) ? value : this.wrong(field, value === undefined ? 'is missing' : `is a list, not ${shown(value)}`);
  }

  fields(value: unknown, field: string): Fields {
    return isFields(value) ? value : this.wrong(field, value === undefined ? 'is missing' : `is an object, not ${shown(value)}`);
  }

  /** A list of steps; `results`: each must say what it came to. */
  steps(value: unknown, field: string, results: 'res' | 'res or any_of' | 'none'): void {
    this.list(value, field).forEach((step, i) => this.step(step, `${field}[${i}]`, results));
  }

  /** A step without the name of its operation, as accesses of a loop are. */
  arguments(op: string, args: unknown, field: string): void {
    this.args(op, this.fields(args, field), field);
  }

  private step(value: unknown, field: string, results: 'res' | 'res or any_of' | 'none'): void {
    const step = this.fields(value, field);
    const op = this.text(step['op'], `${field}.op`);
    if (!Object.hasOwn(OPERATIONS, op)) this.wrong(`${field}.op`, `there is no operation ${shown(op)}`, nearest(op, Object.keys(OPERATIONS)));
    this.args(op, this.fields(step['args'], `${field}.args`), `${field}.args`);
    if (results === 'none') return;
    const anyOf = step['any_of'];
    if (results === 'res or any_of' && step['res'] === undefined && anyOf !== undefined) {
      this.list(anyOf, `${field}.any_of`).forEach((one, i) => this.result(this.fields(one, `${field}.any_of[${i}]`)['res'], `${field}.any_of[${i}].res`));
    } else this.result(step['res'], `${field}.res`);
  }

  /** What a step came to: fields by name, whose numbers can be told exactly. */
  result(value: unknown, field: string): void {
    for (const [name, one] of Object.entries(this.fields(value, field))) {
      if (typeof one === 'number' && !Number.isSafeInteger(one)) this.wrong(`${field}.${name}`, `${one} is no whole number that can be told exactly; write it as "0x…"`);
    }
  }

  private args(op: string, args: Fields, field: string): void {
    const { args: kinds, makes } = OPERATIONS[op]!;
    for (const name in kinds) {
      const kind = kinds[name]!;
      const optional = kind.endsWith('?');
      if (args[name] === undefined) {
        if (!optional) this.wrong(`${field}.${name}`, 'is missing');
      } else this.argument(args[name], (optional ? kind.slice(0, -1) : kind) as Kind, `${field}.${name}`);
    }
    if (op === 'memory_failure' && args['map'] === undefined && args['fd'] === undefined) this.wrong(field, "names no page: it has neither 'map' nor 'fd'");
    if (makes !== undefined) this.handles.set(this.text(args['as'], `${field}.as`), makes);
    for (const name in args) {
      if (kinds[name] === undefined && !(name === 'as' && makes !== undefined)) this.wrong(`${field}.${name}`, `operation '${op}' has no such argument`, nearest(name, Object.keys(kinds)));
    }
  }

  private argument(value: unknown, kind: Kind, field: string): void {
    switch (kind) {
      case 'number': return void (isNumeric(value) || this.wrong(field, `is a number of 64 bits, those beyond 2^53 - 1 as "0x…", not ${shown(value)}`));
      case 'word': return void (typeof value === 'string' || isNumeric(value) || this.wrong(field, `is a word or a number, not ${shown(value)}`));
      case 'flag': return void (typeof value === 'boolean' || value === 0 || value === 1 || this.wrong(field, `is true or false, not ${shown(value)}`));
      case 'numbers': return void (this.list(value, field).every(isNumeric) || this.wrong(field, 'is a list of numbers of 64 bits'));
      case 'step': return this.step(value, field, 'none');
      case 'steps': return this.steps(value, field, 'none');
      case 'hva':
        if (isNumeric(value)) return;
        return this.handle(typeof value === 'string' ? value.replace(/\+\d+$/, '') : value, 'map', field);
      case 'fd':
        if (typeof value === 'number' && Number.isInteger(value)) return;
        return this.handle(value, kind, field);
      default: return this.handle(value, kind, field);
    }
  }

  private handle(value: unknown, kind: Made, field: string): void {
    if (typeof value !== 'string') this.wrong(field, `is the name of a handle, not ${shown(value)}`);
    const made = this.handles.get(value);
    if (made === undefined) this.wrong(field, `the handle ${shown(value)} was never made`, nearest(value, this.handles.keys()));
    // VMs and vCPUs are descriptors too.
    const fits = made === kind || (kind === 'fd' && (made === 'vm' || made === 'vcpu'));
    if (!fits) this.wrong(field, `the handle ${shown(value)} is a ${WHAT[made]}, not a ${WHAT[kind]}`);
  }
}

const WHAT: Readonly<Record<Made, string>> = { vm: 'VM', vcpu: 'vCPU', map: 'mapping', fd: 'descriptor', pin: 'pin' };
