// "did you mean": the names close to one that does not exist.

import { distance } from 'fastest-levenshtein';

/** The close ones among `names`, closest first. */
export function closeNames(name: string, names: Iterable<string>, most = 3): string[] {
  const limit = Math.max(2, Math.floor(name.length / 3));
  return [...names]
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ far, candidate }) => far <= limit || candidate.toLowerCase().startsWith(name.toLowerCase()))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** `; did you mean 'x'?`, or nothing when no name is close. */
export function nearest(name: string, names: Iterable<string>): string {
  const close = closeNames(name, names);
  return close.length === 0 ? '' : `; did you mean ${close.map((one) => `'${one}'`).join(' or ')}?`;
}
