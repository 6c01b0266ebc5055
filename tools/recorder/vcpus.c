/* vCPUs: what guests do when they are entered, and why they come out. Without --allow-vcpus none is made. */

#define _GNU_SOURCE
#include "recorder.h"
#include "kvm_numbers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* What a guest reads where there is no memory. */
enum { MMIO_BYTE = 0x5a };

static void create_vcpu(const struct step *step)
{
	struct vcpu *vcpu;
	int kvm = find_handle("kvm")->fd, fd, size;

	if (!allow_vcpus) {
		say_skipped("vCPUs are not allowed");
		return;
	}
	fd = ioctl(arg_fd(step, "vm"), KVM_CREATE_VCPU, arg(step, "id", 0));
	say_made("fd", fd >= 0);
	vcpu = calloc(1, sizeof *vcpu);
	now_file(step, VCPU, fd)->more = vcpu;
	if (fd < 0)
		return;
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	vcpu->run = size < 0 ? MAP_FAILED : mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (vcpu->run == MAP_FAILED || !prepare_vcpu(kvm, fd)) {
		perror("a vCPU cannot be prepared");
		exit(2);
	}
	vcpu->run_size = (size_t)size;
}

void leave_vcpu(struct handle *handle)
{
	struct vcpu *vcpu = handle->more;

	if (vcpu && vcpu->run)
		munmap(vcpu->run, vcpu->run_size);
	if (vcpu)
		vcpu->run = NULL;
}

/* The guest goes on behind an access to where there is no memory, up to its next instruction. */
static void complete_mmio(int fd, struct kvm_run *run)
{
	run->immediate_exit = 1;
	do {
		if (!run->mmio.is_write)
			memset(run->mmio.data, MMIO_BYTE, sizeof run->mmio.data);
	} while (ioctl(fd, KVM_RUN, 0) == 0 && run->exit_reason == KVM_EXIT_MMIO);
	run->immediate_exit = 0;
}

static void say_read(int fd, struct vcpu *vcpu)
{
	uint64_t value = guest_value(fd);

	if (vcpu->reads && !vcpu->completed)
		say_data((const unsigned char *)&value, vcpu->len);
	vcpu->completed = true;
}

static void say_memory_fault(const struct kvm_run *run)
{
	struct memory_fault fault;

	memcpy(&fault, &run->hw, sizeof fault);
	say_text("exit_reason", "MEMORY_FAULT");
	say_payload();
	say_number("gpa", fault.gpa);
	say_number("size", fault.size);
	say_number("flags", fault.flags);
	end_payload();
}

static void say_mmio_payload(const struct kvm_run *run)
{
	say_payload();
	say_number("gpa", run->mmio.phys_addr);
	say_number("len", run->mmio.len);
	say_bool("write", run->mmio.is_write);
	end_payload();
}

static void say_mmio(int fd, struct vcpu *vcpu, bool with_payload)
{
	struct kvm_run *run = vcpu->run;

	say_text("exit_reason", "MMIO");
	if (with_payload)
		say_mmio_payload(run);
	complete_mmio(fd, run);
	vcpu->completed = true;
}

static void say_hypercall(const struct kvm_run *run)
{
	uint64_t args[3];

	for (int i = 0; i < 3; i++)
		args[i] = run->hypercall.args[i];
	say_text("exit_reason", "HYPERCALL");
	say_payload();
	say_number("nr", run->hypercall.nr);
	say_list("args", args, 3);
	say_number("flags", run->hypercall.longmode & 1);
	end_payload();
}

static void say_exit(int fd, struct vcpu *vcpu, bool with_mmio)
{
	static const struct { uint32_t reason; const char *name; } others[] = {
		{ KVM_EXIT_SHUTDOWN, "SHUTDOWN" }, { KVM_EXIT_INTERNAL_ERROR, "INTERNAL_ERROR" }, { KVM_EXIT_FAIL_ENTRY, "FAIL_ENTRY" }, { KVM_EXIT_IO, "IO" },
		{ KVM_EXIT_INTR, "INTR" }, { KVM_EXIT_EXCEPTION, "EXCEPTION" }, { KVM_EXIT_UNKNOWN, "UNKNOWN" },
	};
	struct kvm_run *run = vcpu->run;

	switch (run->exit_reason) {
	case KVM_EXIT_HLT:
		say_text("exit_reason", "none");
		say_read(fd, vcpu);
		return;
	case KVM_EXIT_MMIO:
		say_mmio(fd, vcpu, with_mmio);
		return;
	case KVM_EXIT_HYPERCALL:
		say_hypercall(run);
		return;
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].reason == run->exit_reason) {
			say_text("exit_reason", others[i].name);
			return;
		}
	say_number("exit_reason", run->exit_reason);
}

void say_entry(const struct handle *handle, int ret, int error, bool with_mmio)
{
	struct vcpu *vcpu = handle->more;

	errno = error;
	say_ret(ret);
	if (ret == 0)
		say_exit(handle->fd, vcpu, with_mmio);
	else if (vcpu->run->exit_reason == EXIT_MEMORY_FAULT && (error == EFAULT || error == EHWPOISON))
		say_memory_fault(vcpu->run);
	else if (error == EINTR || error == EFAULT || error == EHWPOISON)
		say_text("exit_reason", error == EINTR ? "INTR" : "UNKNOWN");
}

/* Enters the guest, and says why it came out. */
static void enter_guest(const struct handle *handle)
{
	struct vcpu *vcpu = handle->more;
	siginfo_t signal;
	bool signalled;
	int ret, error;

	if (!vcpu || !vcpu->run) {
		say_ret(ioctl(handle->fd, KVM_RUN, 0));
		return;
	}
	vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	note_signals();
	ret = ioctl(handle->fd, KVM_RUN, 0);
	error = errno;
	signalled = noted_signal(&signal);
	say_entry(handle, ret, error, true);
	if (signalled)
		say_signal(&signal, true);
}

static void run(const struct step *step)
{
	const struct handle *handle = arg_handle(step, "vcpu");
	struct vcpu *vcpu = handle->more;
	bool answers = vcpu && vcpu->run && arg_text(step, "hypercall_ret");

	if (answers)
		vcpu->run->hypercall.ret = arg(step, "hypercall_ret", 0);
	enter_guest(handle);
	if (answers)
		say_signed("guest_ret", (int64_t)guest_value(handle->fd));
}

static void guest_access(const struct step *step)
{
	const struct handle *handle = arg_handle(step, "vcpu");
	struct vcpu *vcpu = handle->more;
	size_t len = arg(step, "len", 1);
	bool reads = arg_is(step, "kind", "read");
	enum guest_code code = arg_is(step, "kind", "exec") ? EXECUTE : reads ? (len == 8 ? READ_8 : READ_1) : len == 8 ? WRITE_8 : WRITE_1;

	if (!reads && code != EXECUTE && !arg_is(step, "kind", "write")) {
		say_skipped("guests read, write and exec");
		return;
	}
	if ((len != 1 && len != 8) || arg(step, "gpa", 0) >= GUEST_END) {
		say_skipped("guests access 1 or 8 bytes below 4 GiB");
		return;
	}
	if (vcpu && vcpu->run) {
		vcpu->reads = reads;
		vcpu->len = len;
		vcpu->completed = false;
		set_guest(handle->fd, code, arg(step, "gpa", 0), reads ? 0 : arg(step, "value", 0), 0, 0, 0);
	}
	enter_guest(handle);
}

/* A hypercall that the kernel answers itself has its answer at once. */
static void call(const struct handle *handle, uint64_t nr, uint64_t a, uint64_t b, uint64_t c)
{
	struct vcpu *vcpu = handle->more;

	if (vcpu && vcpu->run) {
		vcpu->reads = false;
		set_guest(handle->fd, HYPERCALL, 0, nr, a, b, c);
	}
	enter_guest(handle);
	if (vcpu && vcpu->run && vcpu->run->exit_reason == KVM_EXIT_HLT)
		say_signed("guest_ret", (int64_t)guest_value(handle->fd));
}

static void hypercall_map_gpa(const struct step *step)
{
	call(arg_handle(step, "vcpu"), 12, arg(step, "gpa", 0), arg(step, "npages", 0), arg(step, "attrs", 0));
}

static void hypercall(const struct step *step)
{
	uint64_t args[3] = { 0, 0, 0 };
	const char *text = arg_text(step, "args");
	char *rest = (char *)text;

	for (int i = 0; i < 3 && rest && *rest; i++) {
		args[i] = strtoull(rest, &rest, 0);
		rest += *rest == ',';
	}
	call(arg_handle(step, "vcpu"), arg(step, "nr", 0), args[0], args[1], args[2]);
}

static void prefault(const struct step *step)
{
	struct prefault request = { .gpa = arg(step, "gpa", 0), .size = arg(step, "size", 0), .flags = arg(step, "flags", 0) };
	siginfo_t signal;
	bool signalled;
	int ret, error;

	note_signals();
	ret = ioctl(arg_fd(step, "vcpu"), PREFAULT, &request);
	error = errno;
	signalled = noted_signal(&signal);
	errno = error;
	say_ret(ret);
	say_number("left", request.size);
	say_number("left_gpa", request.gpa);
	if (signalled)
		say_signal(&signal, true);
}

static void unpoison(const struct step *step)
{
	(void)step;
	say_skipped("pages are not made good again");
}

const struct operation vcpu_operations[] = {
	{ "create_vcpu", create_vcpu }, { "run", run }, { "guest_access", guest_access }, { "hypercall_map_gpa", hypercall_map_gpa },
	{ "hypercall", hypercall }, { "prefault", prefault }, { "unpoison", unpoison },
	{ 0 },
};
