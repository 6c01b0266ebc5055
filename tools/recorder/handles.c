/* Handles: the names by which steps know what steps before them have made. */

#include "recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HANDLES = 512 };

/* Numbers from here on are beyond what any process may have open: a closed handle gives EBADF for ever, though its number is used again. */
#define NEVER_OPEN 0x40000000

/* Mappings lie this far apart, from here on, with nothing between them. */
#define FIRST_PLACE 0x100000000000ul
#define BETWEEN_PLACES (1ul << 36)
enum { PLACES = 1024 };

static struct handle handles[HANDLES];
static int known;
static int closed;
static unsigned places;

static const struct handle nothing = { .fd = -1 };

struct handle *find_handle(const char *name)
{
	for (int i = 0; i < known; i++)
		if (strcmp(handles[i].name, name) == 0)
			return &handles[i];
	return NULL;
}

static struct handle *make_handle(const struct step *step)
{
	const char *name = arg_text(step, "as");
	struct handle *handle = find_handle(name ? name : "");

	if (!handle) {
		if (!name || strlen(name) >= sizeof handle->name || known == HANDLES) {
			fprintf(stderr, "a handle is missing, too long, or one too many: %s\n", name ? name : "none");
			exit(2);
		}
		handle = &handles[known++];
	}
	memset(handle, 0, sizeof *handle);
	strcpy(handle->name, name);
	handle->fd = -1;
	return handle;
}

struct handle *now_file(const struct step *step, enum kind kind, int fd)
{
	struct handle *handle = make_handle(step);

	handle->kind = kind;
	handle->fd = fd;
	return handle;
}

void now_mapping(const struct step *step, char *addr)
{
	struct handle *handle = make_handle(step);

	handle->kind = MAPPING;
	handle->addr = addr;
}

void now_refused(const struct step *step)
{
	if (arg_text(step, "as"))
		make_handle(step)->kind = REFUSED;
}

/* The handle that begins this text, up to a plus sign. */
static struct handle *handle_in(const char *text)
{
	char name[16] = "";
	size_t length = strcspn(text, "+");

	if (length < sizeof name)
		memcpy(name, text, length);
	return find_handle(name);
}

bool needs_refused(const struct step *step)
{
	for (int i = 0; i < step->count; i++) {
		const struct handle *handle = strcmp(step->args[i].name, "as") == 0 ? NULL : handle_in(step->args[i].value);

		if (handle && handle->kind == REFUSED)
			return true;
	}
	return false;
}

void forget_file(struct handle *handle)
{
	handle->fd = NEVER_OPEN + closed++;
}

const struct handle *arg_handle(const struct step *step, const char *name)
{
	const char *text = arg_text(step, name);
	const struct handle *handle = text ? find_handle(text) : NULL;

	return handle ? handle : &nothing;
}

int arg_fd(const struct step *step, const char *name)
{
	const char *text = arg_text(step, name);

	if (text && *text == '-')
		return (int)strtol(text, NULL, 0);
	return arg_handle(step, name)->fd;
}

uint64_t arg_address(const struct step *step, const char *name)
{
	const char *text = arg_text(step, name);
	const char *plus = text ? strchr(text, '+') : NULL;
	const struct handle *handle;

	if (!text || *text < 'a' || *text > 'z')
		return arg(step, name, 0);
	handle = handle_in(text);
	return (handle ? (uint64_t)handle->addr : 0) + (plus ? strtoull(plus + 1, NULL, 0) : 0);
}

char *arg_place(const struct step *step)
{
	char *addr = arg_handle(step, "map")->addr;

	if (!addr) {
		say_skipped("no mapping");
		return NULL;
	}
	/* Another mapping begins where this one's room ends. */
	if (arg(step, "off", 0) >= BETWEEN_PLACES || arg(step, "len", 0) > BETWEEN_PLACES - arg(step, "off", 0)) {
		say_skipped("farther from the mapping than others are kept away from it");
		return NULL;
	}
	return addr + arg(step, "off", 0);
}

char *free_place(void)
{
	return (char *)(FIRST_PLACE + BETWEEN_PLACES * (places++ % PLACES));
}

const char *name_of_address(const void *address)
{
	static char text[48];

	for (int i = 0; i < known; i++) {
		uint64_t from = (uint64_t)handles[i].addr;
		uint64_t past = (uint64_t)address - from;

		if (!from || (uint64_t)address < from || past >= BETWEEN_PLACES)
			continue;
		if (past == 0)
			return handles[i].name;
		snprintf(text, sizeof text, "%s+%lu", handles[i].name, past);
		return text;
	}
	return NULL;
}
