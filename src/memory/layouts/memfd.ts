// Kernels whose guest memory lies in a memfd of shmem: seals, the lock of an inode, the owner that is called back.

import { layout } from '../layout.ts';

/** Seals of a memfd. F_SEAL_GUEST: the memory is a guest's, userspace neither reads nor writes nor maps it. */
export const F_SEAL_SEAL = 1, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4, F_SEAL_WRITE = 8, F_SEAL_GUEST = 0x20;

/** inode->i_rwsem, inode_lock: seals, size, fallocate and write are changed under it. */
export const i_rwsem = layout('i_rwsem', {
  readers: { bits: 'actor' },
  writer: { ref: 'actor' },
  waiting_writers: { bits: 'actor' },
}, { per: ['inode'] });

/** shmem_inode_info as far as seals go. Set under inode_lock, read by readers and mmap without it. */
export const shmem_info = layout('shmem_info', {
  seals: {},
  /** The file has had a size. */
  used: {},
}, { per: ['inode'] });

/** mapping->i_mmap_writable below zero: nobody may map the file for writing. */
export const i_mmap_writable = layout('i_mmap_writable', { denied: {} }, { per: ['inode'] });

/** Who has registered for the inode: whose memory it is, and whether there are methods to call. */
export const guest_owner = layout('guest_owner', {
  /** VM number + 1; 0: nobody has. */
  kvm: { ref: 'vm' },
  ops: {},
  /** Registrations that have not been taken back, where the generation counts them. */
  users: { counter: true },
}, { per: ['inode'] });

/** shmem_inode_info->lock, a spinlock. */
export const info_lock = layout('info_lock', { owner: { ref: 'actor' } }, { per: ['inode'] });

/** struct kvm as memory: kvm_destroy_vm has freed it. */
export const kvm_memory = layout('kvm_memory', { freed: {} }, { per: ['vm'] });

/** Ghost: VMs that believe that the pages of the inode are theirs. */
export const registration = layout('registration', { by: { bits: 'vm' } }, { per: ['inode'], ghost: true });

/** Ghost: indices of the inode that had a page when the fallocate that an actor carries out began. */
export const before_fallocate = layout('before_fallocate', { present: { bits: 'index' } }, { per: ['inode'], ghost: true });

export const memfdLayouts = { i_rwsem, shmem_info, i_mmap_writable, guest_owner, info_lock, kvm_memory, registration, before_fallocate } as const;
