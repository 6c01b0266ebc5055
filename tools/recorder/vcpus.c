/* vCPUs: a guest would execute, which is refused. */

#include "recorder.h"

static void refuse(const struct step *step)
{
	(void)step;
	say_skipped("vCPUs are not allowed");
}

const struct operation vcpu_operations[] = {
	{ "create_vcpu", refuse }, { "run", refuse }, { "guest_access", refuse }, { "hypercall_map_gpa", refuse }, { "hypercall", refuse },
	{ "prefault", refuse }, { "spin_start", refuse }, { "spin_end", refuse }, { "unpoison", refuse },
	{ 0 },
};
