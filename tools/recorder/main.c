/* The program: kvm is open from the start; one line in, one line out. */

#define _GNU_SOURCE
#include "recorder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

bool allow_vcpus, allow_memory_failure;

static const struct operation *const subjects[] = { vm_operations, file_operations, mapping_operations, access_operations, vcpu_operations, spin_operations };

static void act(const struct step *step)
{
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
		for (const struct operation *one = subjects[i]; one->name; one++)
			if (strcmp(one->name, step->op) == 0) {
				one->act(step);
				return;
			}
	say_skipped("this recorder does not have the operation");
}

static void in_this_process(const struct step *step)
{
	begin_result();
	if (needs_refused(step))
		say_skipped("what it needs was not made");
	else
		act(step);
	if (was_skipped())
		now_refused(step);
	end_result();
}

/* Another address space with the same files. Its line is the step's. */
static void in_child(const struct step *step)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		in_this_process(step);
		_exit(0);
	}
	if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status))
		return;
	begin_result();
	say_skipped(child < 0 ? "no process could be made" : "the child process died");
	end_result();
}

/* Whoever started this ends it by ending; a fault leaves no core file; when memory runs out, this process goes first. */
static void be_harmless(void)
{
	int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	signal(SIGPIPE, SIG_IGN);
	if (file < 0)
		return;
	if (write(file, "1000", 4) < 0)
		perror("oom_score_adj");
	close(file);
}

static void open_kvm(void)
{
	struct step step = { .count = 1, .args = { { "as", "kvm" } } };
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0) {
		perror("/dev/kvm");
		exit(2);
	}
	now_file(&step, KVM, kvm);
}

int main(int count, char **words)
{
	char *line = NULL;
	size_t room = 0;

	for (int i = 1; i < count; i++) {
		allow_vcpus |= strcmp(words[i], "--allow-vcpus") == 0;
		allow_memory_failure |= strcmp(words[i], "--allow-memory-failure") == 0;
	}
	be_harmless();
	catch_faults();
	open_kvm();
	while (getline(&line, &room, stdin) > 0) {
		struct step step;

		if (!parse_step(line, &step)) {
			fprintf(stderr, "not a step: %s\n", line);
			return 2;
		}
		(step.in_child ? in_child : in_this_process)(&step);
	}
	return 0;
}
