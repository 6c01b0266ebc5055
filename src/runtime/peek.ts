// Looking at what an actor would do next without letting it: the step is executed and taken back.

import { blockedOn, isBlocked } from '../memory/outcome.ts';
import type { Observer, Words } from '../memory/views.ts';
import type { RunWorld } from './world.ts';

/** Observer that can take back what was written since `clear`. */
export class UndoLog implements Observer {
  private readonly cells: number[] = [];
  private readonly values: number[] = [];
  private readonly words: Words;

  constructor(words: Words) {
    this.words = words;
  }
  write(_id: number, cell: number, previous: number): void {
    this.cells.push(cell);
    this.values.push(previous);
  }
  clear(): void {
    this.cells.length = 0;
    this.values.length = 0;
  }
  back(): void {
    for (let k = this.cells.length - 1; k >= 0; k--) this.words[this.cells[k]!] = this.values[k]!;
    this.clear();
  }
}

/** The object that keeps `actor` from going on in the middle of its work; -1 when it can, rests or has ended. Spoils `world.last`. */
export function waitsFor(world: RunWorld, log: UndoLog, actor: number): number {
  if (world.leafOf(actor).idle) return -1;
  log.clear();
  const result = world.step(actor, () => 0);
  log.back();
  return isBlocked(result) ? blockedOn(result) : -1;
}
