/*
 * Signals that are results. Accesses of this program may end in SIGSEGV or SIGBUS; calls may bring a SIGBUS from the kernel, about memory
 * that has gone bad. Anywhere else these signals end the program.
 */

#include "recorder.h"

#include <setjmp.h>

enum awaited { NONE, FAULT, NOTE };

static __thread sigjmp_buf before;
static __thread volatile sig_atomic_t awaited;
static __thread volatile sig_atomic_t came;
static __thread siginfo_t caught;

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (awaited == NONE || (awaited == NOTE && info->si_code != BUS_MCEERR_AR && info->si_code != BUS_MCEERR_AO)) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	caught = *info;
	came = 1;
	if (awaited == FAULT)
		siglongjmp(before, 1);
}

void catch_faults(void)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

bool faulted(void (*access)(void *what), void *what, siginfo_t *fault)
{
	if (sigsetjmp(before, 1)) {
		awaited = NONE;
		*fault = caught;
		return true;
	}
	awaited = FAULT;
	access(what);
	awaited = NONE;
	return false;
}

void note_signals(void)
{
	came = 0;
	awaited = NOTE;
}

bool noted_signal(siginfo_t *signal)
{
	awaited = NONE;
	if (came)
		*signal = caught;
	return came;
}
