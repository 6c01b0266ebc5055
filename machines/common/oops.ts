// Where a thread ends that follows a null or an invalid pointer.

import { step, type Leaf } from '../fragment.ts';

/** The end of a thread that follows the pointer of which `what` says which it is. Nothing leads on from it. */
export const oops = (what: string): Leaf => step('kernel.oops', what, {});
