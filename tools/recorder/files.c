/* Plain calls on files: on guest_memfds, and on files of other kinds made to be compared with them. */

#define _GNU_SOURCE
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Bytes for calls that want some. */
static char bytes[1 << 16];

/* Says so if a step would move more bytes than there are. */
static bool too_long(const struct step *step)
{
	if (arg(step, "len", 0) <= sizeof bytes)
		return false;
	say_skipped("longer than what the recorder moves at once");
	return true;
}

/* Would a fallocate fill more memory than one step may? */
static bool too_much(const struct step *step)
{
	const struct handle *file = arg_handle(step, "fd");
	uint64_t offset = arg(step, "offset", 0), len = arg(step, "len", 0);
	struct stat found;

	if (arg(step, "mode", 0) & FALLOC_FL_PUNCH_HOLE || len <= MOST_BYTES || len >> 63)
		return false;
	/* Beyond its end a guest_memfd gets nothing. */
	if (file->kind == GMEM && fstat(file->fd, &found) == 0)
		return offset < (uint64_t)found.st_size && len <= (uint64_t)found.st_size - offset;
	return file->kind == FOREIGN && fstat(file->fd, &found) == 0 && S_ISREG(found.st_mode);
}

static void do_fallocate(const struct step *step)
{
	if (too_much(step))
		say_skipped("it would fill more memory than one step may");
	else
		say_ret(fallocate(arg_fd(step, "fd"), (int)arg(step, "mode", 0), (off_t)arg(step, "offset", 0), (off_t)arg(step, "len", 0)));
}

static void do_ftruncate(const struct step *step)
{
	say_ret(ftruncate(arg_fd(step, "fd"), (off_t)arg(step, "len", 0)));
}

static void do_fstat(const struct step *step)
{
	struct stat found;

	if (!say_ret(fstat(arg_fd(step, "fd"), &found)))
		return;
	say_number("size", (uint64_t)found.st_size);
	say_number("blocks", (uint64_t)found.st_blocks);
	say_number("blksize", (uint64_t)found.st_blksize);
	say_octal("mode", found.st_mode);
	say_number("nlink", found.st_nlink);
	say_number("uid", found.st_uid);
}

static void do_fstatfs(const struct step *step)
{
	struct statfs found;

	if (!say_ret(fstatfs(arg_fd(step, "fd"), &found)))
		return;
	say_hex("magic", (unsigned long)found.f_type);
	say_number("bsize", (uint64_t)found.f_bsize);
}

static void do_fsync(const struct step *step) { say_ret(fsync(arg_fd(step, "fd"))); }
static void getfd(const struct step *step) { say_ret(fcntl(arg_fd(step, "fd"), F_GETFD)); }
static void add_seals(const struct step *step) { say_ret(fcntl(arg_fd(step, "fd"), F_ADD_SEALS, (int)arg(step, "seals", 0))); }

/* Devices are the machine's, not the recorder's: who may use them stays as it is. */
static bool is_device(const struct step *step)
{
	struct stat found;

	if (fstat(arg_fd(step, "fd"), &found) < 0 || !S_ISCHR(found.st_mode))
		return false;
	say_skipped("the device is the machine's");
	return true;
}

static void do_fchmod(const struct step *step)
{
	if (!is_device(step))
		say_ret(fchmod(arg_fd(step, "fd"), (mode_t)arg(step, "mode", 0600)));
}

static void do_fchown(const struct step *step)
{
	if (!is_device(step))
		say_ret(fchown(arg_fd(step, "fd"), geteuid(), getegid()));
}

static void getfl(const struct step *step)
{
	int flags = fcntl(arg_fd(step, "fd"), F_GETFL);

	if (flags == -1)
		say_ret(-1);
	else
		say_octal("ret", (unsigned)flags & ~(unsigned)O_CLOEXEC);
}

static void fadvise(const struct step *step)
{
	int error = posix_fadvise(arg_fd(step, "fd"), (off_t)arg(step, "offset", 0), (off_t)arg(step, "len", 0), (int)arg(step, "advice", 0));

	errno = error;
	say_ret(error ? -1 : 0);
}

static void do_ioctl(const struct step *step)
{
	enum kind kind = arg_handle(step, "fd")->kind;

	if (kind == KVM || kind == VM || kind == VCPU)
		say_skipped("any ioctl of KVM, but for those with operations of their own, is refused");
	else
		say_ret(ioctl(arg_fd(step, "fd"), (unsigned long)arg(step, "nr", 0), bytes));
}

static void do_sendfile(const struct step *step)
{
	off_t offset = (off_t)arg(step, "offset", 0);
	int sink = open("/dev/null", O_WRONLY | O_CLOEXEC);

	say_ret(sendfile(sink, arg_fd(step, "fd"), &offset, arg(step, "len", 0)));
	close(sink);
}

static void do_read(const struct step *step)
{
	if (!too_long(step))
		say_ret(read(arg_fd(step, "fd"), bytes, arg(step, "len", 0)));
}

static void do_write(const struct step *step)
{
	if (!too_long(step))
		say_ret(write(arg_fd(step, "fd"), bytes, arg(step, "len", 0)));
}

static void do_pread(const struct step *step)
{
	if (!too_long(step))
		say_ret(pread(arg_fd(step, "fd"), bytes, arg(step, "len", 0), (off_t)arg(step, "offset", 0)));
}

static void do_pwrite(const struct step *step)
{
	if (!too_long(step))
		say_ret(pwrite(arg_fd(step, "fd"), bytes, arg(step, "len", 0), (off_t)arg(step, "offset", 0)));
}

static void do_lseek(const struct step *step)
{
	say_ret(lseek(arg_fd(step, "fd"), (off_t)arg(step, "offset", 0), (int)arg(step, "whence", 0)));
}

static void do_dup(const struct step *step)
{
	enum kind kind = arg_handle(step, "fd")->kind;
	int fd = fcntl(arg_fd(step, "fd"), arg(step, "flags", 0) & O_CLOEXEC ? F_DUPFD_CLOEXEC : F_DUPFD, 0);

	say_made("fd", fd >= 0);
	now_file(step, kind, fd);
}

static void reopen(const struct step *step)
{
	enum kind kind = arg_handle(step, "fd")->kind;
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/self/fd/%d", arg_fd(step, "fd"));
	fd = open(path, ((int)arg(step, "flags", 0) & (O_ACCMODE | O_NONBLOCK)) | O_CLOEXEC);
	say_made("fd", fd >= 0);
	now_file(step, kind, fd);
}

static void do_close(const struct step *step)
{
	const char *name = arg_text(step, "fd");
	struct handle *handle = name ? find_handle(name) : NULL;

	if (handle && handle->kind == VCPU)
		leave_vcpu(handle);
	if (say_ret(close(arg_fd(step, "fd"))) && handle)
		forget_file(handle);
}

static int other_file(const struct step *step)
{
	int ends[2];
	int fd;

	if (arg_is(step, "kind", "memfd")) {
		fd = memfd_create("recorder", MFD_ALLOW_SEALING);
		if (fd >= 0 && ftruncate(fd, (off_t)arg(step, "size", 0)) < 0) {
			close(fd);
			return -1;
		}
		return fd;
	}
	if (arg_is(step, "kind", "eventfd"))
		return eventfd(0, 0);
	if (arg_is(step, "kind", "pipe")) {
		if (pipe(ends) < 0)
			return -1;
		close(ends[1]);
		return ends[0];
	}
	return open(arg_is(step, "kind", "devzero") ? "/dev/zero" : "/dev/null", O_RDWR);
}

static void make_file(const struct step *step)
{
	static const char *const kinds[] = { "memfd", "eventfd", "pipe", "devzero", "devnull" };
	bool known = false;
	int fd;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		known |= arg_is(step, "kind", kinds[i]);
	if (!known) {
		say_skipped("there are no files of this kind");
		return;
	}
	fd = other_file(step);
	say_made("fd", fd >= 0);
	now_file(step, FOREIGN, fd);
}

static void same_inode(const struct step *step)
{
	struct stat a, b;

	if (fstat(arg_fd(step, "a"), &a) < 0 || fstat(arg_fd(step, "b"), &b) < 0)
		say_ret(-1);
	else
		say_ret(a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

const struct operation file_operations[] = {
	{ "fallocate", do_fallocate }, { "ftruncate", do_ftruncate }, { "fstat", do_fstat }, { "fstatfs", do_fstatfs }, { "fsync", do_fsync },
	{ "fchmod", do_fchmod }, { "fchown", do_fchown }, { "getfl", getfl }, { "getfd", getfd }, { "add_seals", add_seals },
	{ "fadvise", fadvise }, { "ioctl", do_ioctl }, { "sendfile", do_sendfile }, { "read", do_read }, { "write", do_write },
	{ "pread", do_pread }, { "pwrite", do_pwrite }, { "lseek", do_lseek }, { "dup", do_dup }, { "reopen", reopen }, { "close", do_close },
	{ "make_file", make_file }, { "same_inode", same_inode },
	{ 0 },
};
