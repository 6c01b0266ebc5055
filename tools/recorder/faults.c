/* Accesses of this program that may end in SIGSEGV or SIGBUS: these are results. Anywhere else they end the program. */

#include "recorder.h"

#include <setjmp.h>

static sigjmp_buf before;
static volatile sig_atomic_t expected;
static siginfo_t caught;

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (!expected) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	caught = *info;
	siglongjmp(before, 1);
}

void catch_faults(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

bool faulted(void (*access)(void *what), void *what, siginfo_t *fault)
{
	if (sigsetjmp(before, 1)) {
		expected = 0;
		*fault = caught;
		return true;
	}
	expected = 1;
	access(what);
	expected = 0;
	return false;
}
