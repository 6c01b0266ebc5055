// Where the entry points of a threads run are: two folders below the package's built files, in the bundle as beside it.

/** The entry point of workers that host actors. */
export const actorsFile = (): URL => new URL('../../workers/actors.js', import.meta.url);

/** The entry point of the shadow. */
export const shadowFile = (): URL => new URL('../../workers/shadow.js', import.meta.url);
