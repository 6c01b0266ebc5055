// Huge pages are scaled down: a 2M page is four 4K pages (spec 00, convention 2).

/** Pages of a huge page of level 2M: HP2. */
export const HUGE_PAGES = 4;
/** Its order. */
export const HUGE_ORDER = 2;
/** log2 of the pages of a 1G page: sixteen. */
export const GIANT_ORDER = 4;
