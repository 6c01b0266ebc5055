/*
 * recorder: carries out one sequence of calls on /dev/kvm and says what each answered.
 *
 * Standard input has one step a line, `op name=value …`; standard output gets one JSON object a line, the step's result. A step
 * touches only what steps before it have made: files and mappings are known by their handles, never by numbers of descriptors.
 */
#ifndef RECORDER_H
#define RECORDER_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Steps: steps.c */

enum { ARGS = 16 };

struct step {
	const char *op;
	bool in_child; /* a forked child does it */
	int count;
	struct { const char *name, *value; } args[ARGS];
};

/* What has been asked for on the command line. */
extern bool allow_vcpus, allow_memory_failure;

/* Takes a line apart, in place. */
bool parse_step(char *line, struct step *step);
/* The text of an argument; NULL if it is not there. */
const char *arg_text(const struct step *step, const char *name);
/* A number, decimal or 0x…, negative too; `other` if it is not there. */
uint64_t arg(const struct step *step, const char *name, uint64_t other);
bool arg_is(const struct step *step, const char *name, const char *text);

/* Handles: handles.c */

/* REFUSED: the step that should have made it was not carried out. */
enum kind { NOTHING, REFUSED, KVM, VM, VCPU, GMEM, FOREIGN, MAPPING };

struct handle {
	char name[16];
	enum kind kind;
	int fd;     /* files: -1 if the making failed; a number that no file ever has once it is closed */
	char *addr; /* mappings: NULL if the making failed */
	void *more; /* what a vCPU needs besides */
};

/* The handle with this name; NULL if no step has tried to make it. */
struct handle *find_handle(const char *name);
/* The handle of an argument; one of nothing for a number, or a name that nobody made. */
const struct handle *arg_handle(const struct step *step, const char *name);
/* The descriptor that an argument stands for. A number that is not negative is none: it would be a file of this program. */
int arg_fd(const struct step *step, const char *name);
/* An address: a number, the name of a mapping, or `name+bytes`. A mapping whose making failed is at 0. */
uint64_t arg_address(const struct step *step, const char *name);
/* Where `map` and `off` point; says that there is no mapping, and answers NULL, if its making failed. */
char *arg_place(const struct step *step);
/* The step's `as` from now on stands for this file, or mapping. */
struct handle *now_file(const struct step *step, enum kind kind, int fd);
void now_mapping(const struct step *step, char *addr);
/* The step's `as`, if it has one, stands for something that was never tried. */
void now_refused(const struct step *step);
/* Does the step need something that was never tried? */
bool needs_refused(const struct step *step);
/* The name of the mapping at this address as `name` or `name+bytes`; NULL if it is none. */
const char *name_of_address(const void *address);
/* Makes the handle stand for a closed file. */
void forget_file(struct handle *handle);
/* An address at which there is room, far from all others. */
char *free_place(void);

/* Results: result.c. A result is one object; its fields are said one by one. */

void begin_result(void);
void end_result(void);
void say_signed(const char *name, int64_t value);
/* As a text `0x…` where doubles do not hold it. */
void say_number(const char *name, uint64_t value);
void say_text(const char *name, const char *text);
void say_octal(const char *name, unsigned value);
void say_hex(const char *name, unsigned long value);
void say_bool(const char *name, bool value);
/* Bytes as [[value, count], …]. */
void say_data(const unsigned char *bytes, size_t count);
void say_payload(void);
void end_payload(void);
/* Numbers as an array. */
void say_list(const char *name, const uint64_t *values, int count);
/* What a call returned, with errno if that is -1. */
bool say_ret(int64_t ret);
/* `ret` is "fd", or -1 with errno. */
bool say_made(const char *what, bool made);
/* The step was not carried out. */
void say_skipped(const char *why);
/* Has this result said so? */
bool was_skipped(void);
/* A signal, its code, and for a memory error where and how much. */
void say_signal(const siginfo_t *info, bool with_address);

/* Faults of this program's own accesses: faults.c */

void catch_faults(void);
/* Does `access(what)`; answers whether a signal ended it, which is in `fault` then. */
bool faulted(void (*access)(void *what), void *what, siginfo_t *fault);
/* From now on this thread notes signals that the kernel sends it for a memory failure, and goes on. */
void note_signals(void);
/* Notes no more; answers whether one came, which is in `signal` then. */
bool noted_signal(siginfo_t *signal);

/* Guests: guest.c. A VM whose vCPUs may execute has a slot of the recorder's own, with page tables and code. */

struct kvm_run;

/* What a vCPU is about, beside its file. */
struct vcpu {
	struct kvm_run *run;
	size_t run_size;
	bool reads;     /* its access is a read, of `len` bytes */
	size_t len;
	bool completed; /* and what it reads has been said */
	struct spin *spin;
};

/* Gives a new VM what its guests need: the slot, and the exit of hypercall 12. */
void prepare_vm(int kvm, int vm);
/* Puts a new vCPU into 64-bit mode, with memory mapped as it is; answers false, with errno, if it cannot. */
bool prepare_vcpu(int kvm, int vcpu);
/* What the guest is to do next: `code` is one of these, `address`, `value` and two more arguments are in registers. */
enum guest_code { READ_1, READ_8, WRITE_1, WRITE_8, EXECUTE, HYPERCALL, SPIN_READ, SPIN_WRITE, GUEST_CODES };
bool set_guest(int vcpu, enum guest_code code, uint64_t address, uint64_t value, uint64_t second, uint64_t third, uint64_t fourth);
/* What the guest has in its first register. */
uint64_t guest_value(int vcpu);
/* Guests reach addresses below this one. */
#define GUEST_END (4ul << 30)

/* Gives up what a vCPU has besides its file, so that closing the file lets it go. */
void leave_vcpu(struct handle *handle);
/* Says how entering the guest ended: what the call returned, and why the guest came out. */
void say_entry(const struct handle *handle, int ret, int error, bool with_mmio);

/* Operations, by subject */

struct operation {
	const char *name;
	void (*act)(const struct step *step);
};

extern const struct operation vm_operations[], file_operations[], mapping_operations[], access_operations[], vcpu_operations[], spin_operations[];

/* More bytes than this are not filled with memory by one step. */
#define MOST_BYTES (256ul << 20)
#define PAGE 4096ul

#endif
