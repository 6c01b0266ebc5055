// Perfetto's trace: a track for each actor, a slice of a microsecond for each step, arrows for messages, one correlation id for all slices
// of one fault; events of the kernel for which a step stands are instants in it.

import type { StepEvent } from '../runtime/events.ts';
import { OUTSIDE } from '../runtime/injection.ts';
import { PIECE } from './bytes.ts';
import type { ExportedActor, Exporter, ExportWriter } from './exporter.ts';
import { KINDS, LabEvents, placesOf, STEP_NS, SYSTEM, type Kind } from './lab-events.ts';
import { BEGIN, END, INSTANT, Packets, type Label } from './perfetto-packets.ts';

/** The track above those of the actors. */
const RUN = 1;

/** Where a message arrives: in the first step that reads something at the place of its receiver. Of all but these that is the mailbox. */
const ARRIVES: Readonly<Record<string, string>> = { ipi: 'ipi', interrupt: 'interrupt', signal: 'signal' };
const NO_FLOWS: readonly number[] = [];

/** Messages on their way, by place. Who reads there has got all that lie there. */
class Flows {
  private next = 1;
  private readonly underway = new Map<string, number[]>();

  /** Arrows that end in this step. */
  ending({ actor, reads }: StepEvent): readonly number[] {
    if (this.underway.size === 0) return NO_FLOWS;
    let found: readonly number[] = NO_FLOWS;
    for (const { object, at, value } of reads) {
      if (value === 0 || (object !== 'mailbox' && ARRIVES[object] === undefined)) continue;
      // A mailbox is its owner's: others only look whether there is room.
      const place = object === 'mailbox' ? `mailbox ${at['actor'] === actor ? actor : ''}` : object === 'signal' ? `signal thread ${at['thread']}` : `${object} vcpu${at['vcpu']}`;
      const there = this.underway.get(place);
      if (there === undefined) continue;
      this.underway.delete(place);
      found = [...found, ...there];
    }
    return found;
  }

  /** Arrows that begin in it. What is for outside arrives nowhere. */
  beginning({ messages }: StepEvent): readonly number[] {
    if (messages.length === 0) return NO_FLOWS;
    return messages.filter(({ to }) => to !== OUTSIDE).map(({ to, message }) => {
      const place = `${ARRIVES[message] ?? 'mailbox'} ${to}`;
      const flow = this.next++;
      this.underway.set(place, [...this.underway.get(place) ?? [], flow]);
      return flow;
    });
  }
}

/** Numbers of faults: one from the page walk that fails to the last step of its handling. */
class Faults {
  private last = 0;
  private readonly open = new Map<string, number>();

  /** The fault that a step belongs to. */
  of({ actor, machine, state, name, outcome }: StepEvent): number | undefined {
    if (machine !== 'vcpu') return undefined;
    if (name === 'guest.walk' && outcome === 'violation') this.open.set(actor, ++this.last);
    else if (!state.includes('.tlbMiss.')) this.open.delete(actor);
    return this.open.get(actor);
  }
}

/** Fields that are addresses. */
const ADDRESSES = new Set(['rip', 'guest_rip', 'fault_address', 'gpa', 'old_spte', 'new_spte', 'spte', 'info1', 'error_code', 'a0', 'a1', 'a2', 'a3']);
/** Fields whose texts have no end. */
const ENDLESS = new Set(['content']);

/** Labels of the fields of a kind of events, but for those that the slice itself says. */
const labelsOf = ({ fields }: Kind, without: readonly string[] = []): Label[] => fields.flatMap(({ name, type }, at) => {
  if (without.includes(name)) return [];
  return [{ name, at, as: ADDRESSES.has(name) ? 'pointer' : type === 's32' ? 'signed' : type === 'string' && !ENDLESS.has(name) ? 'interned' : 'plain' }];
});
const LABELS = new Map(KINDS.map((kind) => [kind, labelsOf(kind)]));
const STEP = KINDS[0]!;
const STEP_LABELS = labelsOf(STEP, ['name', 'choice', 'choices']), CHOICE_LABELS = labelsOf(STEP, ['name']);

function writer(scenario: string, kernel: string, actors: readonly ExportedActor[], events: LabEvents): ExportWriter {
  const places = placesOf(actors);
  const packets = new Packets();
  const flows = new Flows();
  const faults = new Faults();
  const { out } = packets;
  const trackOf = (actor: string): number => RUN + 1 + places.get(actor)!;
  return {
    header() {
      packets.track(RUN, `${SYSTEM}: ${scenario} on ${kernel}, a step is a microsecond`);
      for (const name of places.keys()) packets.track(trackOf(name), name, RUN);
      return out.piece(0);
    },
    step(event) {
      const track = trackOf(event.actor);
      const ns = event.step * STEP_NS;
      const correlation = faults.of(event);
      const [own, ...more] = events.of(event);
      packets.trackEvent({
        type: BEGIN, ns, track, name: event.name, category: 'step', correlation,
        labels: event.choice === undefined ? STEP_LABELS : CHOICE_LABELS, values: own!.values, endingFlows: flows.ending(event), flows: flows.beginning(event),
      });
      for (const { kind, values } of more) packets.trackEvent({ type: INSTANT, ns, track, name: kind.name, category: SYSTEM, correlation, labels: LABELS.get(kind)!, values });
      packets.trackEvent({ type: END, ns: ns + STEP_NS, track });
      return out.piece(PIECE);
    },
    end: () => out.piece(1),
  };
}

export const perfetto: Exporter = {
  name: 'perfetto',
  extension: '.perfetto-trace',
  description: 'Protocol Buffers for Perfetto: a track for each actor, arrows for messages',
  unreadable: true,
  open: ({ scenario, kernel }, actors, run) => writer(String(scenario['name'] ?? 'unnamed'), kernel, actors, new LabEvents(run)),
};
