// Runs to begin with, for whoever has none of their own: each an address of this page.

/** A run that is offered. */
export interface FirstRun {
  readonly title: string;
  readonly about: string;
  /** What stands behind # in the address. */
  readonly link: string;
}

/** In the order in which they are worth looking at. */
export const FIRST_RUNS: readonly FirstRun[] = [
  { title: 'A run in which nothing breaks', about: 'A guest faults on a page while a hole is punched there: whoever comes first, it sees no page that is gone.', link: 'scenario=SC01&kernel=v6.8&seed=3' },
  { title: 'A race that was found', about: 'The last descriptor of a gmem file is closed while its memslot is deleted: a binding is left behind for memory that was freed.', link: 'scenario=SC26&kernel=v6.8&seed=2' },
  { title: 'The same race, made small', about: 'The fewest changes between actors that break the same.', link: 'scenario=SC26&kernel=v6.8&seed=2&fork=0&by=closer,closer.gmem*3,deleter,deleter.vm*35&at=40' },
  { title: 'A deadlock', about: 'A punch and a memory error want the lock of a file and that of a folio: each takes first what the other takes last.', link: 'scenario=SC22&kernel=v6.8&seed=3' },
  { title: 'A conversion that gives up half way', about: 'On the kernel of the series of 2026: a page of the range is pinned, so all of it stays as it was.', link: 'scenario=SC44&kernel=conversions-2026&seed=1&at=60' },
  { title: 'Stress', about: '20,000 steps of four vCPUs, punches, memslots that come and go, memory errors.', link: 'scenario=stress&kernel=v6.8&seed=1' },
];
