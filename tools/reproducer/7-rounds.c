/* A round: the system is made, all begin at once, somebody waits until all are done, what is left is looked at, everything goes. */

struct actor {
	const char *name;
	void (*program)(void);
	/* It goes on until the round is over. */
	bool endless;
	/* The vCPU that it runs; below 0: none. */
	int vcpu;
	pthread_t thread;
	bool started;
};
struct touched { int vcpu; uint64_t page; };
static struct actor actors[ACTORS + 1];
static const struct touched touched[TOUCHED + 1];
static const int wanted_types[VMS];
static bool setup(void);
static void make_guests(void);

static pthread_barrier_t start_line;
static pthread_mutex_t ending = PTHREAD_MUTEX_INITIALIZER;
static atomic_int ended;
static long round_ms = 300;
static uint64_t seed = 1;

MAY void notify(int event)
{
	__atomic_store_n(&own[WORD_EVENTS + event], 1, __ATOMIC_SEQ_CST);
}

MAY void await(int event)
{
	while (!atomic_load(&stopping) && __atomic_load_n(&own[WORD_EVENTS + event], __ATOMIC_SEQ_CST) == 0)
		sched_yield();
}

/* Not behind the end of the round: a thread that is joined is no thread. */
MAY void send_signal(const char *name)
{
	pthread_mutex_lock(&ending);
	for (int i = 0; i < ACTORS && !atomic_load(&stopping); i++)
		if (strcmp(actors[i].name, name) == 0 && actors[i].started)
			pthread_kill(actors[i].thread, SIGUSR1);
	pthread_mutex_unlock(&ending);
}

static void *act(void *of)
{
	struct actor *actor = of;

	seed_chance(seed + (uint64_t)rounds * 1009 + (uint64_t)(actor - actors));
	pthread_barrier_wait(&start_line);
	actor->program();
	if (!actor->endless)
		atomic_fetch_add(&ended, 1);
	return NULL;
}

static bool has_type(int type)
{
	int types = ioctl(kvm, KVM_CHECK_EXTENSION, X_CAP_VM_TYPES);

	return types > 0 && (types & 1 << type) != 0;
}

static void make_vm(int vm)
{
	int type = wanted_types[vm];
	struct kvm_enable_cap hypercalls = { .cap = X_CAP_EXIT_HYPERCALL, .args = { 1u << X_MAP_GPA_RANGE } };
	struct x_region own_memory = { .slot = OWN_SLOT, .gpa = OWN_GPA, .size = own_size(), .hva = (uint64_t)(uintptr_t)own };

	vms[vm] = ioctl(kvm, KVM_CREATE_VM, has_type(type) ? (long)type : 0L);
	if (vms[vm] < 0) {
		perror("KVM_CREATE_VM");
		exit(3);
	}
	if (!with_vcpus)
		return;
	ioctl(vms[vm], KVM_ENABLE_CAP, &hypercalls);
	/* Some processors want it for guests without paging; others do not mind. */
	ioctl(vms[vm], KVM_SET_TSS_ADDR, 0xfffbd000L);
	if (ioctl(vms[vm], X_SET_REGION, &own_memory) < 0) {
		perror("the slot of the guest's own code");
		exit(3);
	}
}

static bool make_system(void)
{
	memset(own, 0, PAGE);
	memset(slots, 0, (size_t)VMS * sizeof *slots);
	for (int i = 0; i < FDS; i++)
		fds[i] = -1;
	for (int i = 0; i < MEMORIES; i++) {
		memory[i].at = mmap(NULL, memory[i].size, memory[i].mapped ? PROT_READ | PROT_WRITE : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory[i].at == MAP_FAILED) {
			perror("mmap");
			exit(3);
		}
	}
	for (int i = 0; i < VMS; i++)
		make_vm(i);
	for (int i = 0; with_vcpus && i < VCPUS; i++)
		if (!make_vcpu(&vcpus[i], i)) {
			perror("a vCPU cannot be made");
			exit(3);
		}
	return setup();
}

static void leave_system(void)
{
	for (int i = 0; i < VCPUS; i++)
		leave_vcpu(&vcpus[i]);
	for (int i = 0; i < FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	for (int i = 0; i < VMS; i++)
		if (vms[i] >= 0)
			close(vms[i]);
	for (int i = 0; i < MEMORIES; i++)
		munmap(memory[i].at, memory[i].size);
}

/*
 * Nobody is at work any more. What a guest writes now must still be there when the page table of its slot has been built anew: else it was written
 * into a page that the file or the process has not got any more.
 */
static void look_at_rest(void)
{
	for (int i = 0; with_vcpus && i < TOUCHED; i++) {
		struct vcpu *vcpu = &vcpus[touched[i].vcpu];
		uint64_t gpa = touched[i].page * PAGE;
		uint32_t token = 0x5eed0000u + (uint32_t)i + 1, read;

		for (int k = 0; vcpu->run && k < SLOTS; k++) {
			struct x_region region = slots[vcpu->vm][k].region, none = region;

			if (!slots[vcpu->vm][k].there || gpa < region.gpa || gpa - region.gpa >= region.size || !at_rest(vcpu, touched[i].page, token, &read))
				continue;
			none.size = 0;
			if (ioctl(vms[vcpu->vm], X_SET_REGION, &none) < 0 || ioctl(vms[vcpu->vm], X_SET_REGION, &region) < 0)
				continue;
			if (at_rest(vcpu, touched[i].page, 0, &read))
				count(REST_PLACE, read == token ? 0 : OTHER_CONTENT);
		}
	}
	for (uint32_t i = 0; with_vcpus && i < own[WORD_BAD]; i++)
		count(REST_PLACE + 1, OTHER_CONTENT);
}

/* One round; false: its set-up failed. */
static bool round_of(void)
{
	int waits = 0;
	int64_t until = now_us() + round_ms * 1000;

	atomic_store(&stopping, 0);
	atomic_store(&ended, 0);
	seed_chance(seed + (uint64_t)rounds * 1009 + 997);
	if (!make_system()) {
		leave_system();
		return false;
	}
	if (with_vcpus)
		make_guests();
	pthread_barrier_init(&start_line, NULL, (unsigned)ACTORS);
	for (int i = 0; i < ACTORS; i++) {
		waits += !actors[i].endless;
		actors[i].started = pthread_create(&actors[i].thread, NULL, act, &actors[i]) == 0;
		if (!actors[i].started) {
			perror("pthread_create");
			exit(3);
		}
	}
	while (atomic_load(&ended) < waits && now_us() < until && !interrupted)
		usleep(50);
	pthread_mutex_lock(&ending);
	atomic_store(&stopping, 1);
	pthread_mutex_unlock(&ending);
	own[WORD_STOP] = 1;
	for (int i = 0; i < ACTORS; i++)
		do {
			struct timespec soon;

			/* A guest that spins comes out for a signal. */
			pthread_kill(actors[i].thread, SIGUSR1);
			clock_gettime(CLOCK_REALTIME, &soon);
			soon.tv_nsec += 2000000;
			soon.tv_sec += soon.tv_nsec / 1000000000;
			soon.tv_nsec %= 1000000000;
			if (pthread_timedjoin_np(actors[i].thread, NULL, &soon) == 0)
				actors[i].started = false;
		} while (actors[i].started);
	pthread_barrier_destroy(&start_line);
	look_at_rest();
	leave_system();
	return true;
}
