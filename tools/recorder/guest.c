/* The guest: 64-bit mode, the first 4 GiB mapped as they are, a few instructions for each thing that it can be asked to do. */

#define _GNU_SOURCE
#include "recorder.h"
#include "kvm_numbers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The recorder's own slot, and what is where in it. */
enum { OWN_SLOT = 100, OWN_SIZE = 0x200000, CODE = 0x1000, CODE_ROOM = 0x20, TABLES = 0x10000 };

/* Entries of page tables: present, writable, and of 2 MiB. */
enum { PRESENT = 1, WRITABLE = 2, LARGE = 0x80 };

/* Capabilities and hypercalls, in the words of the kernel's interface. */
enum { EXIT_HYPERCALL = 201, MAP_GPA_RANGE = 12 };

static const struct { unsigned char bytes[CODE_ROOM]; size_t size; } codes[GUEST_CODES] = {
	/* A read stops; entered again, it writes back what it has read. */
	[READ_1] = { { 0x8a, 0x07, 0xf4, 0x88, 0x07, 0xf4 }, 6 },                         /* mov al,[rdi]; hlt; mov [rdi],al; hlt */
	[READ_8] = { { 0x48, 0x8b, 0x07, 0xf4, 0x48, 0x89, 0x07, 0xf4 }, 8 },             /* mov rax,[rdi]; hlt; mov [rdi],rax; hlt */
	[WRITE_1] = { { 0x88, 0x07, 0xf4 }, 3 },                                          /* mov [rdi],al; hlt */
	[WRITE_8] = { { 0x48, 0x89, 0x07, 0xf4 }, 4 },                                    /* mov [rdi],rax; hlt */
	[EXECUTE] = { { 0xff, 0xe7 }, 2 },                                                /* jmp rdi */
	[HYPERCALL] = { { 0x0f, 0x01, 0xd9, 0xf4 }, 4 },                                  /* vmmcall; hlt */
	[SPIN_READ] = { { 0x8a, 0x07, 0xeb, 0xfc }, 4 },                                  /* again: mov al,[rdi]; jmp again */
	[SPIN_WRITE] = { { 0x88, 0x07, 0xeb, 0xfc }, 4 },                                 /* again: mov [rdi],al; jmp again */
};

static void write_tables(char *memory)
{
	uint64_t *top = (uint64_t *)(memory + TABLES), *second = top + 512, *third = second + 512;

	top[0] = (TABLES + PAGE) | PRESENT | WRITABLE;
	for (uint64_t i = 0; i < 4; i++)
		second[i] = (TABLES + (2 + i) * PAGE) | PRESENT | WRITABLE;
	for (uint64_t i = 0; i < GUEST_END >> 21; i++)
		third[i] = i << 21 | PRESENT | WRITABLE | LARGE;
}

/* Processors call their hypervisor by different instructions. */
static bool is_intel(struct kvm_cpuid2 *cpuid)
{
	for (uint32_t i = 0; i < cpuid->nent; i++)
		if (cpuid->entries[i].function == 0)
			return memcmp(&cpuid->entries[i].ebx, "Genu", 4) == 0;
	return false;
}

static struct kvm_cpuid2 *supported(int kvm)
{
	uint32_t most = 256;
	struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + most * sizeof *cpuid->entries);

	cpuid->nent = most;
	if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid) < 0)
		cpuid->nent = 0;
	return cpuid;
}

void prepare_vm(int kvm, int vm)
{
	char *memory = mmap(NULL, OWN_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region region = { .slot = OWN_SLOT, .memory_size = OWN_SIZE, .userspace_addr = (uint64_t)memory };
	struct kvm_enable_cap exits = { .cap = EXIT_HYPERCALL, .args = { 1 << MAP_GPA_RANGE } };
	struct kvm_cpuid2 *cpuid = supported(kvm);

	if (memory == MAP_FAILED)
		abort();
	madvise(memory, OWN_SIZE, MADV_NOHUGEPAGE);
	memset(memory + CODE, 0xf4, GUEST_CODES * CODE_ROOM);
	for (int i = 0; i < GUEST_CODES; i++)
		memcpy(memory + CODE + i * CODE_ROOM, codes[i].bytes, codes[i].size);
	if (is_intel(cpuid))
		memory[CODE + HYPERCALL * CODE_ROOM + 2] = (char)0xc1; /* vmcall */
	write_tables(memory);
	free(cpuid);
	/* Where one of these is refused, so will be the steps that need it. */
	ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region);
	ioctl(vm, KVM_ENABLE_CAP, &exits);
}

bool prepare_vcpu(int kvm, int vcpu)
{
	struct kvm_segment code = { .limit = 0xffffffff, .selector = 8, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1 };
	struct kvm_segment data = { .limit = 0xffffffff, .selector = 16, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1 };
	struct kvm_cpuid2 *cpuid = supported(kvm);
	bool knows = ioctl(vcpu, KVM_SET_CPUID2, cpuid) == 0;
	struct kvm_sregs registers;

	free(cpuid);
	if (!knows || ioctl(vcpu, KVM_GET_SREGS, &registers) < 0)
		return false;
	registers.cs = code;
	registers.ds = registers.es = registers.fs = registers.gs = registers.ss = data;
	registers.cr3 = TABLES;
	registers.cr4 |= 1 << 5;                       /* PAE */
	registers.cr0 |= 1 | 1 << 1 | 1 << 4 | 1u << 31; /* PE, MP, ET, PG */
	registers.efer |= 1 << 8 | 1 << 10;            /* LME, LMA */
	return ioctl(vcpu, KVM_SET_SREGS, &registers) == 0;
}

bool set_guest(int vcpu, enum guest_code code, uint64_t address, uint64_t value, uint64_t second, uint64_t third, uint64_t fourth)
{
	struct kvm_regs registers = {
		.rip = CODE + code * CODE_ROOM, .rsp = CODE, .rflags = 2, .rdi = address, .rax = value, .rbx = second, .rcx = third, .rdx = fourth,
	};

	return ioctl(vcpu, KVM_SET_REGS, &registers) == 0;
}

uint64_t guest_value(int vcpu)
{
	struct kvm_regs registers = { 0 };

	ioctl(vcpu, KVM_GET_REGS, &registers);
	return registers.rax;
}
