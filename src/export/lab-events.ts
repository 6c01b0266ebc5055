// The events of a trace for formats whose events have named, typed fields: of each step the laboratory's own, of each message one,
// and those of the kernel for which the step stands.

import type { StepEvent } from '../runtime/events.ts';
import { OUTSIDE } from '../runtime/injection.ts';
import type { ExportedActor, ExportRun } from './exporter.ts';
import { KvmEvents } from './kvm-events.ts';
import { KVM_FORMS, typesOf, type FieldType, type FieldValue } from './kvm-forms.ts';

/** System of all events, so that nobody takes them for the kernel's own. */
export const SYSTEM = 'faultline';
/** Nanoseconds of a step. */
export const STEP_NS = 1000;

/** A kind of event. `form`: its line as printf has it, a conversion for each field. */
export interface Kind {
  readonly name: string;
  /** From 1, in the order of KINDS. */
  readonly id: number;
  readonly form: string;
  readonly fields: readonly { readonly name: string; readonly type: FieldType }[];
}

const FORMS: readonly { readonly name: string; readonly form: string; readonly fields: readonly string[] }[] = [
  {
    name: 'faultline_step', fields: ['step', 'machine', 'state', 'name', 'outcome', 'to', 'choice', 'choices'],
    form: 'step=%llu machine=%s state=%s name=%s outcome=%s to=%s choice=%d/%u',
  },
  { name: 'faultline_message', fields: ['step', 'from', 'to', 'message', 'content'], form: 'step=%llu from=%s to=%s message=%s content=%s' },
  ...Object.entries(KVM_FORMS).map(([name, { form, fields }]) => ({ name, form, fields })),
];

export const KINDS: readonly Kind[] = FORMS.map(({ name, form, fields }, i) => {
  const types = typesOf(form);
  return { name, id: i + 1, form, fields: fields.map((field, k) => ({ name: field, type: types[k]! })) };
});
const BY_NAME = new Map(KINDS.map((kind) => [kind.name, kind]));
const STEP = BY_NAME.get('faultline_step')!, MESSAGE = BY_NAME.get('faultline_message')!;

/** One event: its kind, and the values of its fields. */
export interface LabEvent { readonly kind: Kind; readonly values: readonly FieldValue[] }

/** Follows a stream of steps. */
export class LabEvents {
  private readonly kvm: KvmEvents;

  constructor(run: ExportRun | undefined) {
    this.kvm = new KvmEvents(run?.topology ?? { actors: [], gfns: [] });
  }

  /** The events of a step, its own first. A step without a choice has choice -1, of 0. */
  of(event: StepEvent): LabEvent[] {
    const { step, machine, state, name, outcome, to, choice = -1, choices = 0, messages } = event;
    const events: LabEvent[] = [{ kind: STEP, values: [step, machine, state, name, outcome, to, choice, choices] }];
    for (const one of messages) events.push({ kind: MESSAGE, values: [step, one.from, one.to, one.message, JSON.stringify(one.content)] });
    for (const one of this.kvm.of(event)) events.push({ kind: BY_NAME.get(one.name)!, values: one.values });
    return events;
  }
}

/** Places of actors by name, from 0, in the order of their numbers: CPUs, streams, tracks. What comes from outside has the last one. */
export const placesOf = (actors: readonly ExportedActor[]): Map<string, number> => new Map([...actors.map(({ name }) => name), OUTSIDE].map((name, place) => [name, place]));
