/* Chance, and delays made of it. Each thread has a generator of its own, seeded by the round, so that a seed tries the same delays. */

static __thread uint64_t chance_state = 1;

static uint32_t chance(void)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (uint32_t)(chance_state >> 32);
}

static void seed_chance(uint64_t seed)
{
	chance_state = seed * 0x9e3779b97f4a7c15u | 1;
	for (int i = 0; i < 8; i++)
		chance();
}

MAY uint32_t any_of(uint32_t n)
{
	return n < 2 ? 0 : chance() % n;
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Waits without sleeping: a sleep is longer than most windows. */
static void delay(long from, long to)
{
	long us = from + (to > from ? (long)any_of((uint32_t)(to - from + 1)) : 0);
	int64_t until = now_us() + us;

	while (us > 0 && now_us() < until && !atomic_load(&stopping))
		__builtin_ia32_pause();
}
