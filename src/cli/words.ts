// Command lines as a person pastes them.

/** How a command is called, for the ones that are suggested. */
export const COMMAND = 'npx --no faultline';

/** A word as a shell takes it. */
export const shellWord = (word: string): string => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
