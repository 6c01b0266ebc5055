// The package 'faultline' as a person's own file sees it: a name that it does not export is refused where it is used. Otherwise
// it would only show as "undefined is not a function".

import { nearest } from './nearest.ts';

/** `api`, which throws what `problem` makes of a name that it does not have and of the near names. */
export function packageView(api: object, problem: (name: string, sentence: string, hint: string) => Error): object {
  return new Proxy(api, {
    get(target, key) {
      if (typeof key !== 'string' || key in target || key === '__esModule' || key === 'default') return Reflect.get(target, key) as unknown;
      throw problem(key, `'faultline' exports no '${key}'`, nearest(key, Object.keys(target)));
    },
  });
}

/** Number of the first line of `text` that has one of these in it; 0: none has. */
export const lineWith = (text: string, ...parts: string[]): number => text.split('\n').findIndex((one) => parts.some((part) => one.includes(part))) + 1;
