// How far an export is, on standard error, where that is a terminal: a line that goes away at the end.

import { counted, grouped, labelledList } from './output.ts';
import { Block, canRedraw, type Screen } from './progress.ts';

/** Milliseconds until the first line, and between two of them. */
const EVERY_MS = 500;

/** Shows where an export is; lets signals in between, which would find no turn otherwise. */
export class ExportProgress {
  private readonly screen: Screen;
  private readonly block: Block;
  private readonly began = performance.now();
  private due = this.began + EVERY_MS;

  constructor(screen: Screen = process.stderr) {
    this.screen = screen;
    this.block = new Block(screen);
  }

  /** The export has come to this step. */
  async at(step: number): Promise<void> {
    const now = performance.now();
    if (now < this.due) return;
    this.due = now + EVERY_MS;
    if (canRedraw(this.screen)) {
      this.block.draw(labelledList('exporting', [`step ${grouped(step)}`, `${counted(Math.round(step / ((now - this.began) / 1000)), 'step')} a second`, 'Ctrl-C ends it']).split('\n'));
    }
    await new Promise<void>((resolve) => { setImmediate(resolve); });
  }

  clear(): void {
    this.block.clear();
  }
}
