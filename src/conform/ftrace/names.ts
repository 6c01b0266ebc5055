// Names of functions and events in a trace, as the tables have them.

import { events, type EventRow } from './events.ts';
import { functions } from './functions.ts';

/** Without what a compiler puts behind the name of a function that it has split or specialised. */
export const plainName = (name: string): string => name.replace(/\.(?:part|isra|constprop|cold|llvm)(?:\.\d+)*/g, '');

const rows = new Map(functions.flatMap(({ names }, row) => names.map((name) => [name, row] as const)));

/** Number of a function's row; -1: none. */
export const rowOf = (name: string): number => rows.get(plainName(name)) ?? -1;

const eventRows = new Map(events.map((row) => [row.name, row]));

/** Row of an event, if it has one. */
export const eventRow = (name: string): EventRow | undefined => eventRows.get(name);
