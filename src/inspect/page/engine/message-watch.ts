// Messages between actors, as arrows from the step that sent to the step that received: read off the mailboxes, interrupts and IPIs that
// steps write.

import type { RunWorld } from '../../../runtime/world.ts';
import { Columns } from './columns.ts';

/** What arrows are of. */
export const MESSAGE = { MAIL: 0, IPI: 1, INTERRUPT: 2 } as const;

/** `received`: the step that took it; 0: nobody has. */
export type Messages = Columns<'from' | 'to' | 'sent' | 'received' | 'kind'>;

/** Layouts in which messages lie, the field that says so, by kind. */
const PLACES = [['mailbox', 'type'], ['ipi', 'inflight'], ['interrupt', 'pending']] as const;

export class MessageWatch {
  readonly list: Messages = new Columns(['from', 'to', 'sent', 'received', 'kind']);
  private readonly world: RunWorld;
  /** By object: 1 + the kind of what lies there, whose it is, and the words that say that it lies there. */
  private readonly kindOf: Uint8Array;
  private readonly owner: Int32Array;
  private readonly cell: Int32Array;
  private readonly ipiWords: number;
  /** Rows of messages on their way, by object and, for IPIs, sender. */
  private readonly underway = new Map<number, number>();
  private readonly stride: number;
  /** By actor: the row of what lies in its mailbox and it has not seen, -1 for none; and what the mailbox said last. */
  private readonly lying: Int32Array;
  private readonly types: Int32Array;

  /** With the messages of an earlier watch that were sent up to step `upTo`, behind which the world stands. */
  constructor(world: RunWorld, earlier?: MessageWatch, upTo = 0) {
    this.world = world;
    const { plan, topology } = world;
    this.stride = topology.actors.length + 1;
    this.lying = new Int32Array(this.stride).fill(-1);
    this.types = new Int32Array(this.stride);
    this.kindOf = new Uint8Array(plan.objects);
    this.owner = new Int32Array(plan.objects);
    this.cell = new Int32Array(plan.objects);
    this.ipiWords = plan.byName.get('ipi')?.fields.find(({ name }) => name === 'inflight')?.words ?? 0;
    PLACES.forEach(([layout, field], kind) => {
      const table = plan.byName.get(layout);
      const offset = table?.fields.find(({ name }) => name === field)?.offset;
      if (table === undefined || offset === undefined) return;
      for (let n = 0; n < table.count; n++) {
        const id = table.firstId + n;
        this.kindOf[id] = kind + 1;
        this.owner[id] = this.ownerOf(kind, n);
        this.cell[id] = table.base + n * table.words + offset;
      }
    });
    const mailboxes = plan.byName.get('mailbox');
    for (let n = 0; n < (mailboxes?.count ?? 0); n++) this.types[n] = world.words[this.cell[mailboxes!.firstId + n]!]!;
    if (earlier !== undefined) this.takeOver(earlier.list, upTo);
  }

  /** Call behind each step, with the objects that it wrote: the first `count`. */
  afterStep(step: number, ids: Int32Array, count: number): void {
    const { last, words } = this.world;
    // A request stays in the mailbox while it is carried out: whose it is has it with the next step.
    const mail = this.lying[last.actor]!;
    if (mail >= 0) {
      this.list.set(mail, 'received', step);
      this.lying[last.actor] = -1;
    }
    for (let k = 0; k < count; k++) {
      const id = ids[k]!;
      const kind = this.kindOf[id]! - 1;
      if (kind < 0) continue;
      if (kind === MESSAGE.MAIL) this.mail(id, step);
      else if (kind === MESSAGE.INTERRUPT) this.note(id * this.stride, words[this.cell[id]!]! !== 0, { from: last.actor, to: this.owner[id]!, sent: step, received: 0, kind });
      else this.ipi(id, step);
    }
  }

  private mail(id: number, step: number): void {
    const { last, words } = this.world;
    const type = words[this.cell[id]!]!;
    const to = this.owner[id]!;
    if (type !== 0 && type !== this.types[to] && last.actor !== to) this.lying[to] = this.list.add({ from: last.actor, to, sent: step, received: 0, kind: MESSAGE.MAIL });
    this.types[to] = type;
  }

  /** A bit for each sender: those that are set are on their way. */
  private ipi(id: number, step: number): void {
    const { words, topology } = this.world;
    const cell = this.cell[id]!;
    for (let sender = 1; sender <= topology.actors.length && sender < this.ipiWords * 32; sender++) {
      const there = (words[cell + (sender >>> 5)]! & (1 << (sender & 31))) !== 0;
      this.note(id * this.stride + sender, there, { from: sender, to: this.owner[id]!, sent: step, received: 0, kind: MESSAGE.IPI });
    }
  }

  private note(key: number, there: boolean, row: { from: number; to: number; sent: number; received: number; kind: number }): void {
    const known = this.underway.get(key);
    if (there && known === undefined) this.underway.set(key, this.list.add(row));
    else if (!there && known !== undefined) {
      this.list.set(known, 'received', row.sent);
      this.underway.delete(key);
    }
  }

  private ownerOf(kind: number, n: number): number {
    if (kind === MESSAGE.MAIL) return n;
    const machine = kind === MESSAGE.IPI ? 'hardware' : 'vcpu';
    return this.world.topology.actors.findIndex((one) => one.machine === machine && one.vcpu === n) + 1;
  }

  private takeOver(list: Messages, upTo: number): void {
    const { plan } = this.world;
    for (let row = 0; row < list.count; row++) {
      const [from, to, sent, received, kind] = (['from', 'to', 'sent', 'received', 'kind'] as const).map((name) => list.get(row, name)) as [number, number, number, number, number];
      if (sent > upTo) continue;
      const underway = received === 0 || received > upTo;
      const own = this.list.add({ from, to, sent, received: underway ? 0 : received, kind });
      if (!underway) continue;
      if (kind === MESSAGE.MAIL) {
        this.lying[to] = own;
        continue;
      }
      const table = plan.byName.get(PLACES[kind]![0])!;
      for (let id = table.firstId; id < table.firstId + table.count; id++) if (this.owner[id] === to) this.underway.set(id * this.stride + (kind === MESSAGE.IPI ? from : 0), own);
    }
  }
}
