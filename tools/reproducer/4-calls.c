/* System calls by the names that the scenario has for them. Each answers as the kernel does: -1 and errno. */

struct memory { const char *name; size_t size; bool mapped; unsigned char *at; };
static int vms[VMS], fds[FDS + 1];
static struct memory memory[MEMORIES + 1];
static struct slot slots[VMS][SLOTS];

/* Signals of accesses, caught by the thread that does one. */
static __thread sigjmp_buf access_end;
static __thread volatile sig_atomic_t accessing;

MAY uint64_t hva(int region, uint64_t offset)
{
	return (uint64_t)(uintptr_t)memory[region].at + offset;
}

#define HOST(address) ((void *)(uintptr_t)(address))

MAY long call_create_gmem(int vm, int fd, uint64_t size, uint64_t flags)
{
	struct x_gmem args = { .size = size, .flags = flags };
	int made = ioctl(vms[vm], X_CREATE_GMEM, &args);

	if (made >= 0)
		fds[fd] = made;
	return made;
}

MAY long call_set_region(int vm, uint32_t slot, uint32_t flags, uint64_t gpa, uint64_t size, uint64_t host, int fd, uint64_t offset)
{
	struct x_region args = { .slot = slot, .flags = flags, .gpa = gpa, .size = size, .hva = host, .gmem_offset = offset, .gmem_fd = (uint32_t)fd };
	long ret = ioctl(vms[vm], X_SET_REGION, &args);

	if (ret == 0 && slot < SLOTS) {
		slots[vm][slot].there = size != 0;
		slots[vm][slot].region = args;
	}
	return ret;
}

MAY long call_set_attributes(int vm, uint64_t gpa, uint64_t size, uint64_t attributes, uint64_t flags)
{
	struct x_attributes args = { .gpa = gpa, .size = size, .attributes = attributes, .flags = flags };

	return ioctl(vms[vm], X_SET_ATTRIBUTES, &args);
}

MAY long call_fallocate(int fd, int mode, uint64_t offset, uint64_t length)
{
	return fallocate(fd, mode, (off_t)offset, (off_t)length);
}

/* Closes what a name stands for; from then on it stands for nothing. */
MAY long close_one(int *file)
{
	int was = *file;

	*file = -1;
	return close(was);
}

MAY long call_dup(int fd, int made)
{
	int ret = dup(fd);

	if (ret >= 0)
		fds[made] = ret;
	return ret;
}

MAY long call_madvise(uint64_t at, uint64_t size, int advice)
{
	if (advice != MADV_HWPOISON || poisons)
		return madvise(HOST(at), size, advice);
	errno = EPERM;
	return -1;
}

MAY long mapped_at(int region, uint64_t length, int prot, int flags, int fd, uint64_t offset)
{
	return mmap(memory[region].at, length, prot, flags | MAP_FIXED, fd, (off_t)offset) == MAP_FAILED ? -1 : 0;
}

MAY long call_anon(int region, uint64_t length)
{
	return mapped_at(region, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

MAY long call_mmap(int region, int fd, int prot, int flags, uint64_t length, uint64_t offset)
{
	return mapped_at(region, length, prot, flags, fd, offset);
}

MAY long call_mincore(uint64_t at, uint64_t size)
{
	unsigned char resident[1024];

	return mincore(HOST(at), size > sizeof resident * PAGE ? sizeof resident * PAGE : size, resident);
}

MAY long call_file_read(int fd, uint64_t length)
{
	char bytes[PAGE];

	return read(fd, bytes, length < PAGE ? length : PAGE);
}

MAY long call_file_write(int fd, uint64_t length)
{
	static const char bytes[PAGE];

	return write(fd, bytes, length < PAGE ? length : PAGE);
}

MAY long call_file_pread(int fd, uint64_t length, uint64_t offset)
{
	char bytes[PAGE];

	return pread(fd, bytes, length < PAGE ? length : PAGE, (off_t)offset);
}

MAY long call_file_pwrite(int fd, uint64_t length, uint64_t offset)
{
	static const char bytes[PAGE];

	return pwrite(fd, bytes, length < PAGE ? length : PAGE, (off_t)offset);
}

MAY long call_file_mmap(int fd, uint64_t length, uint64_t offset)
{
	void *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);

	if (at == MAP_FAILED)
		return -1;
	munmap(at, length);
	return 0;
}

/* A memory error in a page of a file: only of one that can be mapped. */
MAY long call_file_poison(int fd, uint64_t page)
{
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(page * PAGE));
	long ret;
	int error;

	if (at == MAP_FAILED)
		return -1;
	ret = call_madvise((uint64_t)(uintptr_t)at, PAGE, MADV_HWPOISON);
	error = errno;
	munmap(at, PAGE);
	errno = error;
	return ret;
}

MAY long call_file_reopen(int fd)
{
	char path[32];
	int again;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	again = open(path, O_RDWR | O_CLOEXEC);
	if (again >= 0)
		close(again);
	return again;
}

/* An access of the process: its outcome, and what was read. Signals end it. */
MAY int host_access(uint64_t at, bool writes, uint32_t *value)
{
	volatile uint32_t *word = HOST(at);
	int signal = sigsetjmp(access_end, 1);

	if (signal == 0) {
		accessing = 1;
		if (writes)
			*word = *value;
		else
			*value = *word;
	}
	accessing = 0;
	return signal == 0 ? 0 : BY_SIGNAL + signal;
}

MAY void host_write(int place, int region, uint64_t page, uint32_t value)
{
	before(place);
	count(place, host_access(hva(region, page * PAGE), true, &value));
}

/* `wanted`: what it must read; below 0: anything. */
MAY void host_read(int place, int region, uint64_t page, int64_t wanted)
{
	uint32_t value = 0;
	int outcome;

	before(place);
	outcome = host_access(hva(region, page * PAGE), false, &value);
	count(place, outcome == 0 && wanted >= 0 && value != (uint32_t)wanted ? OTHER_CONTENT : outcome);
}
