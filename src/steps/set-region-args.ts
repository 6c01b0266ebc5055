// Where the arguments of KVM_SET_USER_MEMORY_REGION2 lie in its message: the checks of the ioctl read them, and bind does.

export const SET_REGION = { vm: 0, slot: 1, flags: 2, gpa: 3, size: 5, hva: 7, fd: 9, offset: 10, badptr: 13 } as const;
