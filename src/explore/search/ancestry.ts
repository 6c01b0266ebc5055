// Breadth first, by state: the state that it was found from, and by which actor and choice.

import { Numbers } from './growing.ts';
import type { Decision } from '../schedule.ts';

export class Ancestry {
  private parents = new Numbers();
  private deciders = new Numbers();
  private choices = new Numbers();

  /** The next state was found so. */
  note(from: number, actor: number, choice: number): void {
    this.parents.push(from);
    this.deciders.push(actor);
    this.choices.push(choice);
  }

  /** What leads to a state. */
  schedule(state: number): Decision[] {
    const schedule: Decision[] = [];
    for (let number = state; number > 0; number = this.parents.words[number]!) {
      schedule.push({ actor: this.deciders.words[number]!, choice: this.choices.words[number]! });
    }
    return schedule.toReversed();
  }

  clear(): void {
    this.parents.length = this.deciders.length = this.choices.length = 0;
  }

  /** For a checkpoint. */
  save(): Record<string, Int32Array> {
    return { parents: this.parents.view(), deciders: this.deciders.view(), choices: this.choices.view() };
  }

  load(lists: Readonly<Record<string, Int32Array>>): void {
    this.parents = new Numbers(lists['parents']!);
    this.deciders = new Numbers(lists['deciders']!);
    this.choices = new Numbers(lists['choices']!);
  }

  get bytes(): number {
    return this.parents.bytes + this.deciders.bytes + this.choices.bytes;
  }
}
