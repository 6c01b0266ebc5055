// Where the judge stands beside the world: which steps of the case have begun, and which functions are open in each task.

/** Of one task. */
export interface TaskControl {
  /** Rows of the functions that are open, outermost first. */
  readonly open: readonly number[];
  /** Of each of them: the actor that stood in it when it was entered. */
  readonly by: readonly number[];
  /** Actions before this number in the flow belong to a call that is passed over; 0: none. */
  readonly skipUntil: number;
  /** Why that call is. */
  readonly skipped: string;
  /** A fault of a page that is none of the system's is under way. */
  readonly foreignFault: boolean;
  /** Outcome of the last `map` step, for the return values around it. */
  readonly mapped: number;
  /** Leaf whose event the trace has shown and whose step comes next; -1: none. */
  readonly shown: number;
  /** gfns whose leaves have changed already by a step whose other changes were shown. */
  readonly pending: readonly number[];
}

export interface Control {
  /** Number of the next step of the case, and of the message of it that comes next. */
  readonly step: number;
  readonly message: number;
  /** Page frames of the model that the trace has shown: the model's number, the kernel's, 1 for a page of a file; ascending. */
  readonly frames: readonly (readonly [number, string, number])[];
  /** By vCPU: number of the task that runs it; -1: nobody. */
  readonly runs: readonly number[];
  readonly tasks: readonly TaskControl[];
  /** The same for equal ones, and for no others. */
  readonly id: number;
}

export type ControlValue = Omit<Control, 'id'>;

/** Gives equal controls one object, so that states are compared by number. */
export class Controls {
  private readonly known = new Map<string, Control>();

  of(value: ControlValue): Control {
    const key = JSON.stringify([value.step, value.message, value.runs, value.frames, value.tasks]);
    const old = this.known.get(key);
    if (old !== undefined) return old;
    const control = { ...value, id: this.known.size };
    this.known.set(key, control);
    return control;
  }

  /** The same with one task changed. */
  withTask(control: Control, task: number, change: Partial<TaskControl>): Control {
    return this.of({ ...control, tasks: control.tasks.map((one, i) => (i === task ? { ...one, ...change } : one)) });
  }
}
