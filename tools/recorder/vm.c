/* Calls on /dev/kvm and on VMs: capabilities, memory slots, attributes, guest_memfd. */

#include "recorder.h"
#include "kvm_numbers.h"

#include <sys/mman.h>

/* No call may find its argument here. */
#define BAD_POINTER ((void *)8)

static void *argument(const struct step *step, void *structure)
{
	return arg(step, "badptr", 0) ? BAD_POINTER : structure;
}

static void create_vm(const struct step *step)
{
	int fd = ioctl(find_handle("kvm")->fd, KVM_CREATE_VM, arg(step, "type", 0));

	say_made("fd", fd >= 0);
	now_file(step, VM, fd);
	if (fd >= 0 && allow_vcpus)
		prepare_vm(find_handle("kvm")->fd, fd);
}

static void check_cap(const struct step *step)
{
	say_ret(ioctl(arg_fd(step, "fd"), KVM_CHECK_EXTENSION, arg(step, "cap", 0)));
}

static void enable_cap(const struct step *step)
{
	struct kvm_enable_cap call = { .cap = arg(step, "cap", 0), .args = { arg(step, "args", 0) } };

	say_ret(ioctl(arg_fd(step, "vm"), KVM_ENABLE_CAP, argument(step, &call)));
}

static void create_gmem(const struct step *step)
{
	struct create_gmem call = { .size = arg(step, "size", 0), .flags = arg(step, "flags", 0) };
	int fd;

	if (arg(step, "reserved", 0))
		for (int i = 0; i < 6; i++)
			call.reserved[i] = 1;
	fd = ioctl(arg_fd(step, "vm"), CREATE_GMEM, argument(step, &call));
	say_made("fd", fd >= 0);
	now_file(step, GMEM, fd);
}

static void set_region(const struct step *step)
{
	struct kvm_userspace_memory_region call = {
		.slot = arg(step, "slot", 0), .flags = arg(step, "flags", 0),
		.guest_phys_addr = arg(step, "gpa", 0), .memory_size = arg(step, "size", 0), .userspace_addr = arg_address(step, "hva"),
	};

	say_ret(ioctl(arg_fd(step, "vm"), KVM_SET_USER_MEMORY_REGION, argument(step, &call)));
}

static void set_region2(const struct step *step)
{
	struct region2 call = {
		.slot = arg(step, "slot", 0), .flags = arg(step, "flags", 0), .gpa = arg(step, "gpa", 0), .size = arg(step, "size", 0),
		.hva = arg_address(step, "hva"), .gmem_offset = arg(step, "offset", 0), .gmem_fd = (uint32_t)arg_fd(step, "fd"),
	};

	if (arg(step, "pad", 0)) {
		call.pad1 = 1;
		for (int i = 0; i < 14; i++)
			call.pad2[i] = 1;
	}
	say_ret(ioctl(arg_fd(step, "vm"), SET_REGION2, argument(step, &call)));
}

static void set_attr(const struct step *step)
{
	struct memory_attributes call = { arg(step, "gpa", 0), arg(step, "size", 0), arg(step, "attrs", 0), arg(step, "flags", 0) };

	say_ret(ioctl(arg_fd(step, "vm"), SET_MEMORY_ATTRIBUTES, argument(step, &call)));
}

static void get_dirty_log(const struct step *step)
{
	/* Room for the bits of the largest slot that there can be; none of it costs memory until it is written. */
	size_t room = 1ul << 28;
	uint64_t *bits = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct kvm_dirty_log call = { .slot = arg(step, "slot", 0), .dirty_bitmap = bits };

	if (bits == MAP_FAILED) {
		say_skipped("no room for the bits");
		return;
	}
	if (say_ret(ioctl(arg_fd(step, "vm"), KVM_GET_DIRTY_LOG, argument(step, &call))))
		say_number("bitmap0", bits[0]);
	munmap(bits, room);
}

const struct operation vm_operations[] = {
	{ "create_vm", create_vm }, { "check_cap", check_cap }, { "enable_cap", enable_cap }, { "create_gmem", create_gmem },
	{ "set_region", set_region }, { "set_region2", set_region2 }, { "set_attr", set_attr }, { "get_dirty_log", get_dirty_log },
	{ 0 },
};
