// Where the entry points of worker threads are.

/**
 * The file of an entry point in workers/, by its name: the bundled one, which starts in a third of the time. Seen from here it lies in the same place
 * when this file is bundled itself.
 */
export const workerFile = (name: string): URL => new URL(`../../../bundle/workers/${name}.js`, import.meta.url);
