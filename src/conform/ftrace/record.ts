// What a line of a kernel trace says, whatever the form of its file.

/** An entry of a trace. */
export interface TraceRecord {
  /** Line of the file, counted from 1. */
  readonly line: number;
  /** `record-77`: the task's name and number. */
  readonly task: string;
  readonly cpu: number;
  /** Microseconds. */
  readonly time: number;
  /**
   * `event`: a trace event. `enter` and `leave`: a function begins, returns. `call`: both in one line, the return `took` microseconds later,
   * with nothing of its CPU in between.
   */
  readonly kind: 'event' | 'enter' | 'leave' | 'call';
  /** Of the event, or of the function as the kernel's symbols have it; of a `leave` that does not say it, empty. */
  readonly name: string;
  /** What the event says: the text behind its name. Empty for functions. */
  readonly fields: string;
  /** What the function returned, if the trace says it: as a signed number of 64 bits. */
  readonly ret: bigint | undefined;
  /** Of a `call`. */
  readonly took: number;
}

/** A trace file. */
export interface Ftrace {
  readonly file: string;
  readonly form: 'events' | 'function graph';
  readonly records: readonly TraceRecord[];
  /** Lines that are no entry: comments, empty ones, marks of task switches and interrupts. */
  readonly otherLines: number;
}
