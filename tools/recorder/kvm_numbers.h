/*
 * Calls and structures of KVM that headers older than a kernel lack. They have names of their own here, so that it does not matter
 * which of them <linux/kvm.h> has.
 */
#ifndef KVM_NUMBERS_H
#define KVM_NUMBERS_H

#include <linux/kvm.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* Memory slots that may have a guest_memfd: since 6.8 */
struct region2 {
	uint32_t slot, flags;
	uint64_t gpa, size, hva, gmem_offset;
	uint32_t gmem_fd, pad1;
	uint64_t pad2[14];
};
#define SET_REGION2 _IOW(KVMIO, 0x49, struct region2)

/* Attributes of guest memory: since 6.8 */
struct memory_attributes {
	uint64_t gpa, size, attributes, flags;
};
#define SET_MEMORY_ATTRIBUTES _IOW(KVMIO, 0xd2, struct memory_attributes)

/* guest_memfd: since 6.8 */
struct create_gmem {
	uint64_t size, flags, reserved[6];
};
#define CREATE_GMEM _IOWR(KVMIO, 0xd4, struct create_gmem)

/* Faults ahead of the guest: since 6.12 */
struct prefault {
	uint64_t gpa, size, flags, padding[5];
};
#define PREFAULT _IOWR(KVMIO, 0xd5, struct prefault)

/* The exit that says which guest memory could not be had: since 6.8. Its payload is where those of other exits are. */
#define EXIT_MEMORY_FAULT 39
struct memory_fault {
	uint64_t flags, gpa, size;
};

#endif
