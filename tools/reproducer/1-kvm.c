/* Calls and structures of KVM that older headers lack, under names of their own. */

struct x_region {
	uint32_t slot, flags;
	uint64_t gpa, size, hva, gmem_offset;
	uint32_t gmem_fd, pad1;
	uint64_t pad2[14];
};
struct x_attributes { uint64_t gpa, size, attributes, flags; };
struct x_gmem { uint64_t size, flags, reserved[6]; };
struct x_prefault { uint64_t gpa, size, flags, padding[5]; };
struct x_memory_fault { uint64_t flags, gpa, size; };

#define X_SET_REGION _IOW(KVMIO, 0x49, struct x_region)
#define X_SET_ATTRIBUTES _IOW(KVMIO, 0xd2, struct x_attributes)
#define X_CREATE_GMEM _IOWR(KVMIO, 0xd4, struct x_gmem)
#define X_PREFAULT _IOWR(KVMIO, 0xd5, struct x_prefault)
enum { X_EXIT_MEMORY_FAULT = 39, X_CAP_EXIT_HYPERCALL = 201, X_CAP_ATTRIBUTES = 233, X_CAP_GMEM = 234, X_CAP_VM_TYPES = 235 };
enum { X_GUEST_MEMFD = 4, X_PRIVATE = 8, X_MAP_GPA_RANGE = 12, X_FAULT_PRIVATE = 8 };
#ifndef MADV_HWPOISON
#define MADV_HWPOISON 100
#endif

/* Not every scenario uses every function. */
#define MAY __attribute__((unused)) static

enum { PAGE = 4096 };
/* Outcomes: 0, an errno, or one of these and more. */
enum { BY_SIGNAL = 200, BY_EXIT = 300, OTHER_CONTENT = 399, OUTCOMES = 400 };

/* Where the program calls the kernel: who, what, which outcome it must have (-1: any), and how long it waits before, in microseconds. */
struct place {
	const char *who, *what;
	int expect;
	long from, to;
	long counts[OUTCOMES];
};

/* A slot as it was made last. */
struct slot { bool there; struct x_region region; };
enum { SLOTS = 64, EVENTS = 256 };

static int kvm = -1;
static volatile sig_atomic_t interrupted;
/* The round is over: what goes on for ever ends. */
static atomic_int stopping;
static bool allow_vcpus, with_vcpus, with_attributes, poisons;
/* What calls must answer is held against them: the machine has all that the scenario is about. */
static bool holds = true;
static long contrary;
static long rounds;
