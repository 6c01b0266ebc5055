// Names of errnos.

import { ERRNO_NAMES } from '../steps/errno.ts';

/** Name of an errno. */
export const errnoName = (errno: number): string => ERRNO_NAMES[errno] ?? `errno ${errno}`;
