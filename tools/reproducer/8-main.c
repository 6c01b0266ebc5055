/* The command: what is tried, how often, with which delays. */

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void on_kick(int signal)
{
	(void)signal;
}

static void on_fault(int signal)
{
	if (!accessing) {
		static const char text[] = "a fault outside of the scenario's accesses\n";

		if (write(2, text, sizeof text - 1) < 0)
			_exit(3);
		_exit(3);
	}
	siglongjmp(access_end, signal);
}

static void handle(int signal, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	sigaction(signal, &action, NULL);
}

/* Something of the scenario is not there. */
static void lacks(const char *what)
{
	if (holds || strncmp(what, "this KVM has not all", 20) != 0)
		printf("%s\n", what);
	holds = false;
}

/* What this machine's KVM offers. */
static void look_at_machine(void)
{
	int vm, vcpu;

	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0) {
		perror("/dev/kvm");
		exit(77);
	}
	vm = ioctl(kvm, KVM_CREATE_VM, 0L);
	if (vm < 0) {
		perror("KVM_CREATE_VM");
		exit(77);
	}
	if (NEEDS_GMEM && ioctl(vm, KVM_CHECK_EXTENSION, X_CAP_GMEM) <= 0) {
		fprintf(stderr, "this kernel has no guest_memfd, or not for a VM of its default type\n");
		exit(77);
	}
	with_attributes = ioctl(vm, KVM_CHECK_EXTENSION, X_CAP_ATTRIBUTES) > 0;
	vcpu = VCPUS == 0 || !allow_vcpus ? -1 : ioctl(vm, KVM_CREATE_VCPU, 0L);
	with_vcpus = vcpu >= 0;
	if (VCPUS > 0 && !allow_vcpus)
		lacks("guests execute only with --allow-vcpus, since a machine may not bear it: only the calls of the threads are made");
	else if (VCPUS > 0 && !with_vcpus)
		lacks("no vCPU can be made here: only the calls of the threads are made");
	if (NEEDS_ATTRIBUTES && !with_attributes)
		lacks("this KVM has no memory attributes: KVM_SET_MEMORY_ATTRIBUTES is left out");
	for (int i = 0; NEEDS_TYPES && i < VMS; i++)
		if (!has_type(wanted_types[i]))
			lacks("this KVM has not all types of VMs that the scenario asks for: those of the default type take their place");
	if (NEEDS_HARDWARE)
		lacks("something of the scenario is left out that decides what calls answer");
	if (!holds)
		printf("so calls may answer otherwise than in the scenario: what they answer is counted, and not held against it\n");
	if (vcpu >= 0)
		close(vcpu);
	close(vm);
}

static void usage(const char *name)
{
	printf("usage: %s [--rounds N] [--seconds N] [--delay PLACE=FROM:TO] [--seed N] [--round-ms N] [--allow-vcpus] [--poison] [--quiet] [--places]\n\n"
		"%s\n"
		"  --rounds N            end after so many rounds (1000; 0: none but Ctrl-C or --seconds ends it)\n"
		"  --seconds N           end after so many seconds\n"
		"  --delay PLACE=FROM:TO wait so many microseconds before the call, or any number between; --places tells the numbers\n"
		"  --seed N              what chance begins with (1)\n"
		"  --round-ms N          longest time of a round (300)\n"
		"  --allow-vcpus         let guests execute: try it on a machine that may crash\n"
		"  --poison              really do memory errors: the pages are lost until the machine starts anew\n"
		"  --quiet               say only what is contrary, and the end\n"
		"  --places              list the places of calls with their delays\n\n"
		"Exits with 0 when nothing contrary was seen, 1 when something was, 2 for wrong arguments, 3 when the machine fails it,\n"
		"77 when the machine cannot do it, 130 after Ctrl-C.\n", name, about);
}

static long number(const char *text, const char *option)
{
	char *end = NULL;
	long value = text ? strtol(text, &end, 10) : -1;

	if (!text || end == text || *end || value < 0) {
		fprintf(stderr, "%s takes a number, not '%s'\n", option, text ? text : "nothing");
		exit(2);
	}
	return value;
}

static void set_delay(const char *text)
{
	int place;
	long from, to;
	char more;

	if (!text || sscanf(text, "%d=%ld:%ld%c", &place, &from, &to, &more) != 3 || place < 0 || place >= PLACES || from < 0 || to < from || to > 10000000) {
		fprintf(stderr, "--delay takes PLACE=FROM:TO, a place from 0 to %d and microseconds, not '%s'\n", PLACES - 1, text ? text : "nothing");
		exit(2);
	}
	places[place].from = from;
	places[place].to = to;
}

static void say_places(void)
{
	for (int i = 0; i < PLACES; i++)
		printf("%3d  %-10s %-44s %ld:%ld\n", i, places[i].who, places[i].what, places[i].from, places[i].to);
}

int main(int count_of, char **words)
{
	long most = 1000, seconds = 0;
	bool quiet = false, list = false, failed = false;
	int64_t began = now_us();

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < count_of; i++) {
		const char *word = words[i], *next = words[i + 1];

		if (strcmp(word, "--rounds") == 0) most = number(next, word), i++;
		else if (strcmp(word, "--seconds") == 0) seconds = number(next, word), i++;
		else if (strcmp(word, "--delay") == 0) set_delay(next), i++;
		else if (strcmp(word, "--seed") == 0) seed = (uint64_t)number(next, word), i++;
		else if (strcmp(word, "--round-ms") == 0) round_ms = number(next, word), i++;
		else if (strcmp(word, "--allow-vcpus") == 0) allow_vcpus = true;
		else if (strcmp(word, "--poison") == 0) poisons = true;
		else if (strcmp(word, "--quiet") == 0) quiet = true;
		else if (strcmp(word, "--places") == 0) list = true;
		else if (strcmp(word, "--help") == 0) return usage(words[0]), 0;
		else return fprintf(stderr, "there is no option '%s'; --help lists them\n", word), 2;
	}
	if (list)
		return say_places(), 0;
	if (!quiet)
		printf("%s", about);
	look_at_machine();
	own = mmap(NULL, own_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (own == MAP_FAILED)
		return perror("mmap"), 3;
	handle(SIGINT, on_interrupt);
	handle(SIGTERM, on_interrupt);
	handle(SIGUSR1, on_kick);
	handle(SIGSEGV, on_fault);
	handle(SIGBUS, on_fault);
	while (!interrupted && !failed && (most == 0 || rounds < most) && (seconds == 0 || now_us() - began < seconds * 1000000)) {
		failed = !round_of();
		rounds += !failed;
	}
	printf("%ld rounds in %.1f s\n", rounds, (double)(now_us() - began) / 1e6);
	if (!quiet || contrary > 0 || failed)
		say_outcomes();
	if (contrary > 0)
		printf("contrary to the scenario: %ld times\n", contrary);
	if (failed)
		return fprintf(stderr, "the set-up failed: what its calls came to stands above\n"), 3;
	return contrary > 0 ? 1 : interrupted ? 130 : 0;
}
