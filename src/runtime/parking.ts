// Who may be able to go on, and who is parked on which object until somebody writes it. What both a simulation and the loop of sampled
// schedules are made on; nothing is allocated once it is made.

import type { WriteLog } from './write-log.ts';

/** Who is ready, in which order, and who is parked: `heads` has the first actor of each object on which somebody is. */
export interface Parked {
  readonly ready: number;
  readonly candidates: Int32Array;
  readonly place: Int32Array;
  readonly nextParked: Int32Array;
  readonly lastOn: Int32Array;
  readonly heads: readonly (readonly [object: number, first: number])[];
}

export class Parking {
  /** Actors that may be able to go on, in the first `ready` places, and the place of each; -1: it is not there. */
  protected readonly candidates: Int32Array;
  protected readonly place: Int32Array;
  protected ready = 0;
  /** For each object, the actors parked on it, as a list through `nextParked`. */
  protected readonly parkedOn: Int32Array;
  protected readonly nextParked: Int32Array;
  /** What each actor was parked on last. */
  private readonly lastOn: Int32Array;
  protected readonly log: WriteLog;

  /** So many actors, which count from 1, and objects. Nobody is ready. */
  constructor(log: WriteLog, actors: number, objects: number) {
    this.log = log;
    this.candidates = new Int32Array(actors);
    this.place = new Int32Array(actors + 1).fill(-1);
    this.parkedOn = new Int32Array(objects);
    this.nextParked = new Int32Array(actors + 1);
    this.lastOn = new Int32Array(actors + 1);
  }

  /** Nobody is ready, and nobody parked. */
  protected nobody(): void {
    this.ready = 0;
    this.place.fill(-1);
    this.nextParked.fill(0);
    for (let actor = 1; actor < this.lastOn.length; actor++) this.forget(this.lastOn[actor]!);
  }

  /** Who is ready and who is parked where, to be put back. */
  protected parkedNow(): Parked {
    const heads = [...new Set(this.lastOn)].map((object) => [object, this.parkedOn[object]!] as const).filter(([, first]) => first !== 0);
    return { ready: this.ready, candidates: this.candidates.slice(), place: this.place.slice(), nextParked: this.nextParked.slice(), lastOn: this.lastOn.slice(), heads };
  }

  /** As it was when this was taken. */
  protected parkAgain({ ready, candidates, place, nextParked, lastOn, heads }: Parked): void {
    this.nobody();
    this.ready = ready;
    this.candidates.set(candidates);
    this.place.set(place);
    this.nextParked.set(nextParked);
    this.lastOn.set(lastOn);
    for (const [object, first] of heads) {
      this.parkedOn[object] = first;
      this.log.watchParked(object);
    }
  }

  protected wake(actor: number): void {
    this.place[actor] = this.ready;
    this.candidates[this.ready++] = actor;
  }

  protected sleep(actor: number): void {
    const at = this.place[actor]!;
    const last = this.candidates[--this.ready]!;
    this.candidates[at] = last;
    this.place[last] = at;
    this.place[actor] = -1;
  }

  protected park(actor: number, object: number): void {
    this.sleep(actor);
    this.nextParked[actor] = this.parkedOn[object]!;
    this.parkedOn[object] = actor;
    this.lastOn[actor] = object;
    this.log.watchParked(object);
  }

  /** Behind a step: wakes whoever is parked on what the log says it has written. */
  protected wakeWritten(): void {
    const { written, count } = this.log;
    for (let k = 0; k < count; k++) if (this.parkedOn[written[k]!] !== 0) this.wakeParkedOn(written[k]!);
  }

  private wakeParkedOn(object: number): void {
    let actor = this.parkedOn[object]!;
    this.forget(object);
    while (actor !== 0) {
      this.wake(actor);
      actor = this.nextParked[actor]!;
    }
  }

  /** Nobody is parked on this object any more. */
  protected forget(object: number): void {
    this.parkedOn[object] = 0;
    this.log.forgetParked(object);
  }
}
