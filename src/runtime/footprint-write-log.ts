// The write log of a simulation that keeps each step's footprint too: for runs whose steps are analysed.

import { FootprintLog } from '../check/footprint.ts';
import { WriteLog } from './write-log.ts';

export class FootprintWriteLog extends WriteLog {
  /** What the last step has touched. */
  readonly footprint: FootprintLog;

  constructor(objects: number) {
    super(objects);
    this.footprint = new FootprintLog(objects);
  }

  read(id: number): void {
    this.footprint.read(id);
  }

  override write(id: number): void {
    super.write(id);
    this.footprint.write(id);
  }

  override clear(): void {
    super.clear();
    this.footprint.clear();
  }
}
