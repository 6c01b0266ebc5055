// errno values of Linux on x86, and their names.

export const EPERM = 1, ENOENT = 2, EINTR = 4, EIO = 5, ENXIO = 6, EBADF = 9, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EFAULT = 14,
  EBUSY = 16, EEXIST = 17, ENODEV = 19, EINVAL = 22, ENFILE = 23, EMFILE = 24, ENOTTY = 25, EFBIG = 27, ESPIPE = 29, ENOSYS = 38, EOVERFLOW = 75,
  EOPNOTSUPP = 95, EHWPOISON = 133,
  /** The kernel's own, not seen by userspace of most calls. */
  ENOTSUPP = 524;

/** Name by number, for printing and for the expectations of scenarios. */
export const ERRNO_NAMES: Readonly<Record<number, string>> = {
  0: 'ok', [EPERM]: 'EPERM', [ENOENT]: 'ENOENT', [EINTR]: 'EINTR', [EIO]: 'EIO', [ENXIO]: 'ENXIO', [EBADF]: 'EBADF', [EAGAIN]: 'EAGAIN',
  [ENOMEM]: 'ENOMEM', [EACCES]: 'EACCES', [EFAULT]: 'EFAULT', [EBUSY]: 'EBUSY', [EEXIST]: 'EEXIST', [ENODEV]: 'ENODEV', [EINVAL]: 'EINVAL',
  [ENFILE]: 'ENFILE', [EMFILE]: 'EMFILE', [ENOTTY]: 'ENOTTY', [EFBIG]: 'EFBIG', [ESPIPE]: 'ESPIPE', [ENOSYS]: 'ENOSYS', [EOVERFLOW]: 'EOVERFLOW',
  [EOPNOTSUPP]: 'EOPNOTSUPP', [EHWPOISON]: 'EHWPOISON', [ENOTSUPP]: 'ENOTSUPP',
};

/** Number by name. */
export const ERRNO_NUMBERS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(ERRNO_NAMES).map(([number, name]) => [name, Number(number)]),
);
