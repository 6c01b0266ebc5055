// Entry point of a thread that searches the protocol, which is no built-in kernel: its name says which variant.

import { serveSearch } from '../../workers/serve-search.ts';
import { BUGS, noUseAfterFree, protocol } from './protocol.ts';

await serveSearch(({ kernel: { name } }) => {
  const bug = BUGS.find((one) => name.includes(one));
  return protocol({ fair: name.includes('fair'), anyOrder: name.includes('any-order'), ...(bug === undefined ? {} : { bug }) });
}, [noUseAfterFree]);
