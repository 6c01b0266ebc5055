/* What a step answered, as one JSON object a line. */

#define _GNU_SOURCE
#include "recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static bool first;
static bool skipped;

static const struct { int number; const char *name; } errors[] = {
#define E(name) { name, #name },
	E(EPERM) E(ENOENT) E(ESRCH) E(EINTR) E(EIO) E(ENXIO) E(E2BIG) E(ENOEXEC) E(EBADF) E(ECHILD) E(EAGAIN) E(ENOMEM) E(EACCES) E(EFAULT)
	E(EBUSY) E(EEXIST) E(EXDEV) E(ENODEV) E(ENOTDIR) E(EISDIR) E(EINVAL) E(ENFILE) E(EMFILE) E(ENOTTY) E(ETXTBSY) E(EFBIG) E(ENOSPC)
	E(ESPIPE) E(EROFS) E(EMLINK) E(EPIPE) E(EDOM) E(ERANGE) E(EDEADLK) E(ENOSYS) E(ENODATA) E(EOVERFLOW) E(EBADFD) E(EOPNOTSUPP) E(ENOBUFS)
	E(EALREADY) E(ESTALE) E(ECANCELED) E(EHWPOISON)
#undef E
};

static void name_it(const char *name)
{
	printf("%s\"%s\":", first ? "" : ",", name);
	first = false;
}

void begin_result(void)
{
	first = true;
	skipped = false;
	putchar('{');
}

void end_result(void)
{
	puts("}");
	fflush(stdout);
}

void say_signed(const char *name, int64_t value)
{
	name_it(name);
	printf("%" PRId64, value);
}

static void number(uint64_t value)
{
	printf(value > (1ul << 53) - 1 ? "\"0x%" PRIx64 "\"" : "%" PRIu64, value);
}

void say_number(const char *name, uint64_t value)
{
	name_it(name);
	number(value);
}

void say_text(const char *name, const char *text)
{
	name_it(name);
	printf("\"%s\"", text);
}

void say_octal(const char *name, unsigned value)
{
	name_it(name);
	printf("\"%#o\"", value);
}

void say_hex(const char *name, unsigned long value)
{
	name_it(name);
	printf("\"%#lx\"", value);
}

void say_bool(const char *name, bool value)
{
	name_it(name);
	printf(value ? "true" : "false");
}

void say_data(const unsigned char *bytes, size_t count)
{
	name_it("data");
	putchar('[');
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && bytes[end] == bytes[i]; end++)
			;
		printf("%s[%d,%zu]", i ? "," : "", bytes[i], end - i);
	}
	putchar(']');
}

void say_payload(void)
{
	name_it("payload");
	putchar('{');
	first = true;
}

void end_payload(void)
{
	putchar('}');
	first = false;
}

void say_list(const char *name, const uint64_t *values, int count)
{
	name_it(name);
	putchar('[');
	for (int i = 0; i < count; i++) {
		if (i)
			putchar(',');
		number(values[i]);
	}
	putchar(']');
}

static void say_errno(void)
{
	int error = errno;

	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].number == error) {
			say_text("errno", errors[i].name);
			return;
		}
	say_signed("errno", error);
}

bool say_ret(int64_t ret)
{
	say_signed("ret", ret);
	if (ret == -1)
		say_errno();
	return ret != -1;
}

bool say_made(const char *what, bool made)
{
	if (!made)
		return say_ret(-1);
	say_text("ret", what);
	return true;
}

void say_skipped(const char *why)
{
	say_text("skipped", why);
	skipped = true;
}

bool was_skipped(void)
{
	return skipped;
}

void say_signal(const siginfo_t *info, bool with_address)
{
	bool poison = info->si_signo == SIGBUS && (info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO);

	say_text("signal", info->si_signo == SIGBUS ? "SIGBUS" : info->si_signo == SIGSEGV ? "SIGSEGV" : "other");
	if (info->si_signo == SIGBUS)
		say_text("si_code", info->si_code == BUS_ADRALN ? "BUS_ADRALN" : info->si_code == BUS_ADRERR ? "BUS_ADRERR" : info->si_code == BUS_OBJERR ? "BUS_OBJERR"
			: info->si_code == BUS_MCEERR_AR ? "BUS_MCEERR_AR" : info->si_code == BUS_MCEERR_AO ? "BUS_MCEERR_AO" : "other");
	else
		say_text("si_code", info->si_code == SEGV_MAPERR ? "SEGV_MAPERR" : info->si_code == SEGV_ACCERR ? "SEGV_ACCERR" : info->si_code == SI_KERNEL ? "SI_KERNEL" : "other");
	if (poison && with_address && name_of_address(info->si_addr))
		say_text("si_addr", name_of_address(info->si_addr));
	if (poison)
		say_signed("si_addr_lsb", info->si_addr_lsb);
}
