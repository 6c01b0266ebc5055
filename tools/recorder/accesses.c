/* Accesses to mappings: by this process, by a child of it, and by the kernel on its behalf. */

#define _GNU_SOURCE
#include "recorder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Byte by byte, upwards. `done` is what a fault leaves behind, so it is always in memory. */
struct access {
	volatile unsigned char *place;
	unsigned char *data; /* what was read; NULL: write `value` */
	size_t len;
	volatile size_t done;
	unsigned char value;
};

static void go(void *what)
{
	struct access *one = what;

	for (; one->done < one->len; one->done++)
		if (one->data)
			one->data[one->done] = one->place[one->done];
		else
			one->place[one->done] = one->value;
}

static void access_host(const struct step *step, bool write)
{
	struct access one = { .place = (unsigned char *)arg_place(step), .len = arg(step, "len", 0), .value = (unsigned char)arg(step, "value", 0) };
	siginfo_t fault;
	bool ended;

	if (!one.place)
		return;
	if (one.len > MOST_BYTES) {
		say_skipped("longer than what the recorder moves at once");
		return;
	}
	if (!write)
		one.data = malloc(one.len + 1);
	ended = faulted(go, &one, &fault);
	say_number("done", one.done);
	if (one.data)
		say_data(one.data, one.done);
	free(one.data);
	if (ended) {
		say_signal(&fault, false);
		say_number("fault_at", one.done);
	}
}

static void host_read(const struct step *step) { access_host(step, false); }
static void host_write(const struct step *step) { access_host(step, true); }

/* A pipe that never lets its ends wait. */
static bool open_pipe(int ends[2])
{
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0)
		return true;
	say_skipped("no pipe could be made");
	return false;
}

static void copy_from(const struct step *step)
{
	char *place = arg_place(step);
	int ends[2];

	if (!place || !open_pipe(ends))
		return;
	say_ret(write(ends[1], place, arg(step, "len", 0)));
	close(ends[0]);
	close(ends[1]);
}

static void copy_to(const struct step *step)
{
	static char filler[1 << 16];
	char *place = arg_place(step);
	int ends[2];

	if (!place || !open_pipe(ends))
		return;
	memset(filler, 65, sizeof filler);
	if (write(ends[1], filler, arg(step, "len", 0) < sizeof filler ? arg(step, "len", 0) : sizeof filler) < 0)
		say_skipped("the pipe could not be filled");
	else
		say_ret(read(ends[0], place, arg(step, "len", 0)));
	close(ends[0]);
	close(ends[1]);
}

static void do_vmsplice(const struct step *step)
{
	char *place = arg_place(step);
	struct iovec piece = { place, arg(step, "len", 0) };
	int ends[2];

	if (!place || !open_pipe(ends))
		return;
	say_ret(vmsplice(ends[1], &piece, 1, SPLICE_F_NONBLOCK));
	close(ends[0]);
	close(ends[1]);
}

static void pvm_read(const struct step *step)
{
	static unsigned char buffer[1 << 16];
	char *place = arg_place(step);
	struct iovec here = { buffer, sizeof buffer }, there = { place, arg(step, "len", 0) };
	ssize_t ret;

	if (!place)
		return;
	ret = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
	if (say_ret(ret) && ret > 0)
		say_number("first", buffer[0]);
}

static void do_sleep(const struct step *step)
{
	uint64_t ms = arg(step, "ms", 0);
	struct timespec time = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	say_ret(nanosleep(&time, NULL));
}

const struct operation access_operations[] = {
	{ "host_read", host_read }, { "host_write", host_write }, { "copy_from", copy_from }, { "copy_to", copy_to }, { "vmsplice", do_vmsplice },
	{ "pvm_read", pvm_read }, { "sleep", do_sleep },
	{ 0 },
};
