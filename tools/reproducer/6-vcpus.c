/* vCPUs: made, entered, asked again after an exit. */

enum policy { STOP, RETRY, CONVERT };

static size_t own_size(void)
{
	return PAGE + (size_t)VCPUS * CODE_ROOM;
}

static bool make_vcpu(struct vcpu *vcpu, int id)
{
	struct kvm_segment code = { .limit = 0xffffffff, .selector = 8, .type = 11, .present = 1, .db = 1, .s = 1, .g = 1 }, data = code;
	struct kvm_sregs sregs;
	void *at;

	vcpu->run = NULL;
	vcpu->fd = ioctl(vms[vcpu->vm], KVM_CREATE_VCPU, (long)id);
	if (vcpu->fd < 0)
		return false;
	vcpu->run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	at = vcpu->run_size < 0 ? MAP_FAILED : mmap(NULL, (size_t)vcpu->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (at == MAP_FAILED)
		return false;
	vcpu->run = at;
	data.selector = 16;
	data.type = 3;
	if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
		return false;
	sregs.cs = code;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
	sregs.cr0 |= 1;
	return ioctl(vcpu->fd, KVM_SET_SREGS, &sregs) == 0;
}

static void leave_vcpu(struct vcpu *vcpu)
{
	if (vcpu->run)
		munmap(vcpu->run, (size_t)vcpu->run_size);
	vcpu->run = NULL;
	if (vcpu->fd >= 0)
		close(vcpu->fd);
	vcpu->fd = -1;
}

/* Ends what an exit has left half done: its access completes when the vCPU is entered next, and would spoil registers that are set before. */
MAY void complete_exit(const struct vcpu *vcpu)
{
	vcpu->run->immediate_exit = 1;
	ioctl(vcpu->fd, KVM_RUN, 0);
	vcpu->run->immediate_exit = 0;
}

/* The next entry begins at the code that lies `offset` bytes behind the beginning of its own. */
MAY void begin_at(const struct vcpu *vcpu, uint32_t offset)
{
	struct kvm_regs regs = { .rflags = 2, .rip = OWN_GPA + code_at(vcpu, offset) };

	ioctl(vcpu->fd, KVM_SET_REGS, &regs);
}

/* The memory of a range becomes the other kind, and that of the old kind is given back. */
MAY void convert(int vm, uint64_t gpa, uint64_t size, bool private)
{
	call_set_attributes(vm, gpa, size, private ? X_PRIVATE : 0, 0);
	for (int i = 0; i < SLOTS; i++) {
		const struct slot *slot = &slots[vm][i];
		uint64_t from = gpa > slot->region.gpa ? gpa : slot->region.gpa;
		uint64_t end = gpa + size < slot->region.gpa + slot->region.size ? gpa + size : slot->region.gpa + slot->region.size;

		if (!slot->there || from >= end)
			continue;
		from -= slot->region.gpa;
		end -= slot->region.gpa;
		if (private && slot->region.hva)
			madvise(HOST(slot->region.hva + from), end - from, MADV_DONTNEED);
		if (!private && slot->region.flags & X_GUEST_MEMFD)
			fallocate((int)slot->region.gmem_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(slot->region.gmem_offset + from), (off_t)(end - from));
	}
}

/* Enters once; answers the exit, or the errno. */
static int entered(const struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_UNKNOWN;
	if (ioctl(vcpu->fd, KVM_RUN, 0) == 0)
		return BY_EXIT + (int)run->exit_reason;
	if (run->exit_reason == X_EXIT_MEMORY_FAULT && (errno == EFAULT || errno == EHWPOISON))
		return BY_EXIT + X_EXIT_MEMORY_FAULT;
	return errno == EINTR ? BY_EXIT + KVM_EXIT_INTR : errno;
}

/* Does what the policy says with an exit; false: the run is over. */
MAY bool goes_on(const struct vcpu *vcpu, int exit, enum policy policy)
{
	struct kvm_run *run = vcpu->run;
	struct x_memory_fault fault;

	if (exit == BY_EXIT + KVM_EXIT_INTR)
		return true;
	if (exit < BY_EXIT || exit == BY_EXIT + KVM_EXIT_HLT || policy == STOP)
		return false;
	switch (exit - BY_EXIT) {
	case KVM_EXIT_HYPERCALL:
		if (policy == CONVERT)
			convert(vcpu->vm, run->hypercall.args[0], run->hypercall.args[1] * PAGE, (run->hypercall.args[2] & 16) != 0);
		run->hypercall.ret = 0;
		return true;
	case X_EXIT_MEMORY_FAULT:
		memcpy(&fault, &run->hw, sizeof fault);
		if (policy == CONVERT)
			convert(vcpu->vm, fault.gpa, fault.size, (fault.flags & X_FAULT_PRIVATE) != 0);
		return true;
	case KVM_EXIT_MMIO:
		return true;
	}
	return false;
}

/* KVM_RUN again and again, until the policy or the round ends it. */
MAY void run_vcpu(int place, struct vcpu *vcpu, enum policy policy)
{
	int exit;

	if (vcpu->fd < 0 || !vcpu->run)
		return;
	do {
		before(place);
		exit = entered(vcpu);
		count(place, exit);
	} while (!atomic_load(&stopping) && goes_on(vcpu, exit, policy));
}

/* One small program at rest: writes `value`, or reads when it is 0. Answers whether the guest got through. */
static bool at_rest(struct vcpu *vcpu, uint64_t page, uint32_t value, uint32_t *read)
{
	uint32_t start = vcpu->next = CODE_ROOM - 48;
	int exit, tries = 100;

	if (value) {
		emit_store(vcpu, (uint32_t)page * PAGE, value);
	} else {
		emit_load(vcpu, (uint32_t)page * PAGE);
		/* mov [read], eax */
		put_byte(vcpu, 0xa3);
		put_word(vcpu, word_gpa(WORD_READ));
	}
	guest_halt(vcpu);
	complete_exit(vcpu);
	begin_at(vcpu, start);
	do
		exit = entered(vcpu);
	while (exit == BY_EXIT + KVM_EXIT_INTR && --tries > 0);
	*read = own[WORD_READ];
	return exit == BY_EXIT + KVM_EXIT_HLT;
}
