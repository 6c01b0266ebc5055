/* What calls came to: counted by place, and held against what they must come to. */

static struct place places[PLACES];
static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER;

static void outcome_text(char *text, size_t room, int outcome)
{
	static const struct { int reason; const char *name; } exits[] = {
		{ KVM_EXIT_HLT, "the guest is done" }, { KVM_EXIT_MMIO, "MMIO exit" }, { KVM_EXIT_HYPERCALL, "hypercall exit" }, { KVM_EXIT_INTR, "interrupted" },
		{ X_EXIT_MEMORY_FAULT, "memory fault exit" }, { KVM_EXIT_SHUTDOWN, "shutdown exit" }, { KVM_EXIT_INTERNAL_ERROR, "internal error exit" },
		{ KVM_EXIT_FAIL_ENTRY, "failed entry exit" },
	};
	const char *name = NULL;

	if (outcome == OTHER_CONTENT)
		name = "other content";
	for (size_t i = 0; outcome >= BY_EXIT && i < sizeof exits / sizeof *exits; i++)
		if (exits[i].reason == outcome - BY_EXIT)
			name = exits[i].name;
	if (outcome == 0)
		name = "ok";
	else if (outcome < BY_SIGNAL)
		name = strerrorname_np(outcome);
	if (name)
		snprintf(text, room, "%s", name);
	else if (outcome < BY_SIGNAL)
		snprintf(text, room, "errno %d", outcome);
	else
		snprintf(text, room, outcome < BY_EXIT ? "signal %d" : "exit %d", outcome < BY_EXIT ? outcome - BY_SIGNAL : outcome - BY_EXIT);
}

/* Counts an outcome. The first few that are not as they must be are told at once. */
static void count(int place, int outcome)
{
	struct place *at = &places[place];

	if (outcome < 0 || outcome >= OUTCOMES)
		outcome = OUTCOMES - 2;
	__atomic_fetch_add(&at->counts[outcome], 1, __ATOMIC_RELAXED);
	if (outcome != OTHER_CONTENT && (at->expect < 0 || at->expect == outcome || !holds))
		return;
	pthread_mutex_lock(&telling);
	if (++contrary <= 5) {
		char got[64], wanted[64] = "the content that was written";

		outcome_text(got, sizeof got, outcome);
		if (at->expect >= 0 && outcome != OTHER_CONTENT)
			outcome_text(wanted, sizeof wanted, at->expect);
		printf("round %ld: %s, %s: %s, and it must be %s\n", rounds + 1, at->who, at->what, got, wanted);
	}
	pthread_mutex_unlock(&telling);
}

/* Before a call of the kernel. */
MAY void before(int place)
{
	delay(places[place].from, places[place].to);
}

/* Behind it: what it returned. errno is that of the call. */
MAY long after(int place, long ret)
{
	count(place, ret < 0 ? errno : 0);
	return ret;
}

/* A call of the set-up, which must come to what is expected. */
MAY bool expected(int place, long ret)
{
	int outcome = after(place, ret) < 0 ? errno : 0;

	return outcome == places[place].expect || !holds;
}

static void say_outcomes(void)
{
	for (int i = 0; i < PLACES; i++) {
		const struct place *at = &places[i];
		bool first = true;

		for (int outcome = 0; outcome < OUTCOMES; outcome++) {
			char text[64];

			if (at->counts[outcome] == 0)
				continue;
			outcome_text(text, sizeof text, outcome);
			if (first)
				printf("  %-10s %-44s", at->who, at->what);
			printf("%s %s %ld", first ? "" : ",", text, at->counts[outcome]);
			first = false;
		}
		if (!first)
			printf("\n");
	}
}
