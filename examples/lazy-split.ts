// A patch to try on the RFC with huge pages: a huge page is split when it has become mixed, not because something of it is shared. What is all
// shared stays huge, in 2M within 1G too. It saves splits, and it lets one reference on any page, a pin of a device say, hold up conversions
// of all others in the folio. When to split goes no further here: a split at the time of a fault would need the lock of conversions exclusively,
// since the folio is out of the page cache meanwhile and another fault would allocate a second one in its place.

import { deriveKernel, floorTo, kernels, orderOf, sharedAt, sizedSteps, type Wanted } from 'faultline';

/** Are the pages of the aligned run around an index all private, or all shared? */
const uniform = (...[world, inode, index, order]: [...Parameters<Wanted>, number]): boolean => {
  const first = floorTo(index, order);
  const shared = sharedAt(world, inode, first);
  for (let k = 1; k < 1 << order; k++) if (sharedAt(world, inode, first + k) !== shared) return false;
  return true;
};

/** log2 of the pages that a folio may have: the file's huge page, 2M within it, or one page. */
const asLargeAsUniform: Wanted = (world, inode, index) => {
  const order = orderOf(world, inode);
  return [order, 2].find((size) => size <= order && uniform(world, inode, index, size)) ?? 0;
};

export default deriveKernel(kernels.find((kernel) => kernel.name === 'conversions-2025-huge')!, {
  name: 'lazy-split',
  title: 'the RFC of May 2025 with huge pages, split when they become mixed',
  steps: sizedSteps(asLargeAsUniform, true),
});
