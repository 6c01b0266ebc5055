/* Calls on mappings, of files and of anonymous memory. */

#define _GNU_SOURCE
#include "recorder.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>

/* Advices that older headers lack, and those that make a page of the machine's memory bad. */
enum { ADVICE_POPULATE_READ = 22, ADVICE_POPULATE_WRITE = 23, ADVICE_HWPOISON = 100, ADVICE_SOFT_OFFLINE = 101 };
enum { FIXED_NOREPLACE = 0x100000 };
enum { MOST_RESIDENT = 64 };

/* Nothing is mapped over what is there, and no step fills more memory than it may. */
static const char *refused(const struct step *step, int flags)
{
	if (flags & (MAP_FIXED | FIXED_NOREPLACE | MAP_GROWSDOWN))
		return "mappings are placed by the recorder";
	if (flags & (MAP_POPULATE | MAP_LOCKED) && arg(step, "len", 0) > MOST_BYTES && arg(step, "len", 0) >> 47 == 0)
		return "it would fill more memory than one step may";
	return NULL;
}

static void do_mmap(const struct step *step)
{
	int flags = (int)arg(step, "flags", MAP_SHARED);
	void *addr;

	if (refused(step, flags)) {
		say_skipped(refused(step, flags));
		return;
	}
	addr = mmap(free_place(), arg(step, "len", 0), (int)arg(step, "prot", 0), flags, arg_fd(step, "fd"), (off_t)arg(step, "offset", 0));
	say_made("addr", addr != MAP_FAILED);
	now_mapping(step, addr == MAP_FAILED ? NULL : addr);
}

static void anon(const struct step *step)
{
	void *addr = mmap(free_place(), arg(step, "len", 0), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	say_made("addr", addr != MAP_FAILED);
	if (addr != MAP_FAILED)
		madvise(addr, arg(step, "len", 0), MADV_NOHUGEPAGE);
	now_mapping(step, addr == MAP_FAILED ? NULL : addr);
}

static void do_munmap(const struct step *step)
{
	char *place = arg_place(step);

	if (place)
		say_ret(munmap(place, arg(step, "len", 0)));
}

static void do_mprotect(const struct step *step)
{
	char *place = arg_place(step);

	if (place)
		say_ret(mprotect(place, arg(step, "len", 0), (int)arg(step, "prot", 0)));
}

/* Says so if a step would fill more memory than it may. */
static bool too_much(const struct step *step)
{
	if (arg(step, "len", 0) <= MOST_BYTES)
		return false;
	say_skipped("it would fill more memory than one step may");
	return true;
}

static void do_mlock(const struct step *step)
{
	char *place = arg_place(step);

	if (place && !too_much(step))
		say_ret(mlock(place, arg(step, "len", 0)));
}

static void do_msync(const struct step *step)
{
	char *place = arg_place(step);

	if (place)
		say_ret(msync(place, arg(step, "len", 0), (int)arg(step, "flags", MS_SYNC)));
}

static void do_madvise(const struct step *step)
{
	char *place = arg_place(step);
	int advice = (int)arg(step, "advice", 0);
	bool fills = advice == ADVICE_POPULATE_READ || advice == ADVICE_POPULATE_WRITE;

	if (!place || (fills && too_much(step)))
		return;
	if ((advice == ADVICE_HWPOISON || advice == ADVICE_SOFT_OFFLINE) && !allow_memory_failure)
		say_skipped("memory failures are not allowed");
	else
		say_ret(madvise(place, arg(step, "len", 0), advice));
}

static void do_mincore(const struct step *step)
{
	static unsigned char pages[MOST_BYTES / PAGE];
	char text[MOST_RESIDENT + 1] = "";
	char *place = arg_place(step);

	if (!place || too_much(step) || !say_ret(mincore(place, arg(step, "len", 0), pages)))
		return;
	for (size_t i = 0; i < MOST_RESIDENT && i * PAGE < arg(step, "len", 0); i++)
		text[i] = pages[i] & 1 ? '1' : '0';
	say_text("resident", text);
}

/* When this process is told of bad memory: at once, when it touches it, or as the machine has it. */
static void set_policy(const struct step *step)
{
	int policy = arg_is(step, "kill", "EARLY") ? PR_MCE_KILL_EARLY : arg_is(step, "kill", "LATE") ? PR_MCE_KILL_LATE : PR_MCE_KILL_DEFAULT;

	prctl(PR_MCE_KILL, PR_MCE_KILL_SET, policy, 0, 0);
}

static void memory_failure(const struct step *step)
{
	siginfo_t signal;
	bool signalled;
	char *place;
	int ret, error;

	if (!allow_memory_failure) {
		say_skipped("memory failures are not allowed");
		return;
	}
	if (!arg_is(step, "method", "madvise")) {
		say_skipped("memory failures are made by madvise only");
		return;
	}
	place = arg_place(step);
	if (!place)
		return;
	set_policy(step);
	note_signals();
	ret = madvise(place, arg(step, "len", PAGE), ADVICE_HWPOISON);
	error = errno;
	signalled = noted_signal(&signal);
	errno = error;
	say_ret(ret);
	if (signalled)
		say_signal(&signal, true);
}

const struct operation mapping_operations[] = {
	{ "mmap", do_mmap }, { "anon", anon }, { "munmap", do_munmap }, { "mprotect", do_mprotect }, { "mlock", do_mlock }, { "msync", do_msync },
	{ "madvise", do_madvise }, { "mincore", do_mincore }, { "memory_failure", memory_failure },
	{ 0 },
};
