/*
 * What guests execute: 32-bit code without paging, so that an address is the guest's physical one. It lies, with its data, in memory of its own
 * which all VMs have in a slot that the scenario does not use. It is made anew for each round, since it contains what chance decides.
 */

enum { OWN_GPA = 0xd0000000, CODE_ROOM = 0x10000, WORDS = PAGE / 4 };
/* Words of the data page: the round is over; how many checks of content have failed; what an access at rest has read; events. */
enum { WORD_STOP, WORD_BAD, WORD_READ, WORD_EVENTS = 16 };

struct vcpu {
	const char *name;
	int vm, fd, run_size;
	struct kvm_run *run;
	/* Where the next byte of code goes, of those that are its own. */
	uint32_t next;
	pthread_t thread;
	bool threaded;
};
static struct vcpu vcpus[VCPUS + 1];
/* The data page, and the code of each vCPU behind it. */
static uint32_t *own;

MAY bool has_room(const struct vcpu *vcpu, uint32_t bytes)
{
	return vcpu->next + bytes + 64 < CODE_ROOM;
}

static uint32_t code_at(const struct vcpu *vcpu, uint32_t offset)
{
	return PAGE + (uint32_t)(vcpu - vcpus) * CODE_ROOM + offset;
}

static void put(struct vcpu *vcpu, const void *bytes, uint32_t count)
{
	if (vcpu->next + count > CODE_ROOM)
		return;
	memcpy((char *)own + code_at(vcpu, vcpu->next), bytes, count);
	vcpu->next += count;
}

MAY void put_byte(struct vcpu *vcpu, unsigned byte)
{
	unsigned char one = (unsigned char)byte;

	put(vcpu, &one, 1);
}

MAY void put_word(struct vcpu *vcpu, uint32_t word)
{
	put(vcpu, &word, 4);
}

MAY uint32_t word_gpa(int word)
{
	return OWN_GPA + 4 * (uint32_t)word;
}

/* mov dword [address], value */
MAY void emit_store(struct vcpu *vcpu, uint32_t address, uint32_t value)
{
	put(vcpu, "\xc7\x05", 2);
	put_word(vcpu, address);
	put_word(vcpu, value);
}

/* mov eax, [address] */
MAY void emit_load(struct vcpu *vcpu, uint32_t address)
{
	put_byte(vcpu, 0xa1);
	put_word(vcpu, address);
}

/* cmp dword [address], 0 */
MAY void emit_test(struct vcpu *vcpu, uint32_t address)
{
	put(vcpu, "\x83\x3d", 2);
	put_word(vcpu, address);
	put_byte(vcpu, 0);
}

MAY void guest_write(struct vcpu *vcpu, uint64_t page, uint32_t value)
{
	if (page * PAGE < OWN_GPA && has_room(vcpu, 10))
		emit_store(vcpu, (uint32_t)page * PAGE, value);
}

MAY void guest_read(struct vcpu *vcpu, uint64_t page)
{
	if (page * PAGE < OWN_GPA && has_room(vcpu, 5))
		emit_load(vcpu, (uint32_t)page * PAGE);
}

MAY void guest_fill(struct vcpu *vcpu, uint64_t page, uint64_t pages, uint32_t value)
{
	for (uint64_t i = 0; i < pages; i++)
		guest_write(vcpu, page + i, value);
}

/* cmp eax, value; je behind; lock inc dword [bad] */
MAY void guest_check(struct vcpu *vcpu, uint64_t page, uint32_t value)
{
	if (page * PAGE >= OWN_GPA || !has_room(vcpu, 20))
		return;
	emit_load(vcpu, (uint32_t)page * PAGE);
	put_byte(vcpu, 0x3d);
	put_word(vcpu, value);
	put(vcpu, "\x74\x07\xf0\xff\x05", 5);
	put_word(vcpu, word_gpa(WORD_BAD));
}

/* Hypercall KVM_HC_MAP_GPA_RANGE. It saves no register: nobody reads one. */
MAY void guest_hypercall(struct vcpu *vcpu, uint64_t gpa, uint64_t pages, uint64_t attributes)
{
	static const unsigned char loads[] = { 0xb8, 0xbb, 0xb9, 0xba };
	uint32_t values[] = { X_MAP_GPA_RANGE, (uint32_t)gpa, (uint32_t)pages, (uint32_t)attributes };

	if (!has_room(vcpu, 23))
		return;
	for (int i = 0; i < 4; i++) {
		put_byte(vcpu, loads[i]);
		put_word(vcpu, values[i]);
	}
	put(vcpu, "\x0f\x01\xc1", 3);
}

MAY void guest_notify(struct vcpu *vcpu, int event)
{
	if (has_room(vcpu, 10))
		emit_store(vcpu, word_gpa(WORD_EVENTS + event), 1);
}

/* again: pause; stop? then behind; event? if not, again */
MAY void guest_await(struct vcpu *vcpu, int event)
{
	if (!has_room(vcpu, 20))
		return;
	put(vcpu, "\xf3\x90", 2);
	emit_test(vcpu, word_gpa(WORD_STOP));
	put(vcpu, "\x75\x09", 2);
	emit_test(vcpu, word_gpa(WORD_EVENTS + event));
	put(vcpu, "\x74\xec", 2);
}

/* Back to `start` as long as the round goes on. */
MAY void guest_again(struct vcpu *vcpu, uint32_t start)
{
	emit_test(vcpu, word_gpa(WORD_STOP));
	put(vcpu, "\x0f\x84", 2);
	put_word(vcpu, start - (vcpu->next + 4));
}

MAY void guest_halt(struct vcpu *vcpu)
{
	put_byte(vcpu, 0xf4);
}
