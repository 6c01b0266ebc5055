// What a step answers: the outcome whose name is the event that its statechart takes next, or "blocked on this object".
// Outcomes are small integers so that a packed table can be indexed by them; their names are what XState and traces see.

const names: string[] = [];
const numbers = new Map<string, number>();

/** The number of the outcome `name`, giving it one if it is new. Numbers are local to a process: files store names. */
export function outcome(name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, names.length);
  return names.push(name) - 1;
}

/** The name of outcome `number`. */
export function outcomeName(number: number): string {
  return names[number] ?? `outcome#${number}`;
}

/** How many outcomes have been named so far: the width of a table. */
export function outcomeCount(): number {
  return names.length;
}

/** The step did what it stands for; most steps have no other outcome. */
export const ok = outcome('ok');
/** A loop over pages, slots or vCPUs has another round to go. */
export const more = outcome('more');
/** The lock was not free: the actor stands in its queue now. */
export const queued = outcome('queued');

/** Not enabled now: the step has written nothing and can only become enabled after `object` changes. */
export function blocked(object: { readonly id: number }): number {
  return -1 - object.id;
}

/** The object number that a blocked step named. */
export function blockedOn(result: number): number {
  return -1 - result;
}

/** The result of a step that was not enabled. */
export const isBlocked = (result: number): boolean => result < 0;
