/* A vCPU that repeats an access in a loop, in a thread of its own, while other steps go on. */

#define _GNU_SOURCE
#include "recorder.h"
#include "kvm_numbers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Milliseconds that it has before the next step, and that spin_end waits for it to come out by itself; then a signal makes it. */
enum { START_MS = 30, WAIT_MS = 500, LOOK_MS = 5, KICK = SIGUSR1 };

struct spin {
	pthread_t thread;
	int fd, ret, error;
	volatile bool out;
	bool signalled;
	siginfo_t signal;
};

static void nap(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static void on_kick(int number) { (void)number; }

static void *go(void *what)
{
	struct spin *spin = what;

	note_signals();
	spin->ret = ioctl(spin->fd, KVM_RUN, 0);
	spin->error = errno;
	spin->signalled = noted_signal(&spin->signal);
	spin->out = true;
	return NULL;
}

static void spin_start(const struct step *step)
{
	const struct handle *handle = arg_handle(step, "vcpu");
	struct vcpu *vcpu = handle->more;
	struct sigaction kick = { .sa_handler = on_kick };

	if (!vcpu || !vcpu->run || vcpu->spin) {
		say_skipped("the vCPU is not there, or spins already");
		return;
	}
	sigaction(KICK, &kick, NULL);
	vcpu->spin = calloc(1, sizeof *vcpu->spin);
	vcpu->spin->fd = handle->fd;
	vcpu->reads = false;
	vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	set_guest(handle->fd, arg_is(step, "kind", "read") ? SPIN_READ : SPIN_WRITE, arg(step, "gpa", 0), arg(step, "value", 0), 0, 0, 0);
	if (pthread_create(&vcpu->spin->thread, NULL, go, vcpu->spin) != 0) {
		free(vcpu->spin);
		vcpu->spin = NULL;
		say_skipped("there is no thread for it");
		return;
	}
	nap(START_MS);
	say_ret(0);
}

static void spin_end(const struct step *step)
{
	const struct handle *handle = arg_handle(step, "vcpu");
	struct vcpu *vcpu = handle->more;
	struct spin *spin = vcpu ? vcpu->spin : NULL;
	bool still;

	if (!spin) {
		say_skipped("the vCPU does not spin");
		return;
	}
	for (int ms = 0; ms < WAIT_MS && !spin->out; ms += LOOK_MS)
		nap(LOOK_MS);
	still = !spin->out;
	/* A signal that comes just before the guest is entered is not noticed in there; it is sent until one is. */
	while (!spin->out) {
		pthread_kill(spin->thread, KICK);
		nap(LOOK_MS);
	}
	pthread_join(spin->thread, NULL);
	vcpu->spin = NULL;
	say_entry(handle, spin->ret, spin->error, false);
	if (still)
		say_bool("still_running", true);
	if (spin->signalled)
		say_signal(&spin->signal, true);
	free(spin);
}

const struct operation spin_operations[] = { { "spin_start", spin_start }, { "spin_end", spin_end }, { 0 } };
